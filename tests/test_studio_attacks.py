"""The attack table against a running `bandmate studio`: refused, said once, and the daemon plays on."""

from __future__ import annotations

import socket
from types import ModuleType
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

EVIL = "http://evil.example"


@pytest.fixture(scope="module")
def house(open_house: Any) -> Any:
    """One that only this machine can enter."""
    return open_house()


@pytest.fixture(scope="module")
def guarded(open_house: Any) -> Any:
    """One that the network can enter, after pairing."""
    return open_house("--host", "0.0.0.0")


def plays_on(studiohouse: ModuleType, house: Any, **headers: str) -> None:
    """A page comes in, plays a key and hears of it."""
    page = studiohouse.Visitor(house, **headers)
    page.say(do="press", pitch=61, velocity=80, ago=0)
    page.hears(lambda news: news["is"] == "heard" and news["pitch"] == 61 and news["velocity"] == 80)
    page.say(do="release", pitch=61, ago=0)
    page.leave()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example:8321"}, 421),
        ({"origin": EVIL}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_a_rebinding_host_and_a_foreign_origin_get_no_page(
    house: Any, studiohouse: ModuleType, headers: dict[str, str], status: int
) -> None:
    assert house.ask("/", **headers)[0] == status
    assert house.ask("/api/paired", **headers)[0] == status
    assert house.ask("/pair", "POST", b'{"code":"x"}', **({"origin": house.origin} | headers))[0] == status
    plays_on(studiohouse, house)


@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost.evil.example"])
def test_a_foreign_page_gets_no_socket(house: Any, studiohouse: ModuleType, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        studiohouse.Visitor(house, origin)
    assert refused.value.response.status_code == 403
    plays_on(studiohouse, house)


def test_a_rebinding_host_gets_no_socket(house: Any, studiohouse: ModuleType) -> None:
    request = (
        "GET /band HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n"
        "Connection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", house.port), timeout=10) as raw:
        raw.sendall(request.encode())
        assert b" 403 " in raw.recv(200).split(b"\r\n")[0]
    plays_on(studiohouse, house)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "[]",
        "null",
        '{"do":"press","pitch":1e9,"velocity":1,"ago":0}',
        '{"do":"setup"}',
        '{"do":"__class__"}',
        "[" * 4000,
        '{"do":"fill","x":"' + "y" * 5000 + '"}',
        b"\x00\xff\xfe",
    ],
)
def test_what_is_no_message_is_answered_with_a_sentence(
    house: Any, studiohouse: ModuleType, raw: str | bytes
) -> None:
    page = studiohouse.Visitor(house)
    page.send(raw)
    assert page.hears(lambda news: news["is"] == "refused")["sentence"]
    page.say(do="ping", mark=1)
    page.hears(lambda news: news["is"] == "pong")
    page.leave()
    plays_on(studiohouse, house)


@pytest.mark.parametrize(
    ("raw", "why"), [("x" * 1_000_000, "it is too long"), (b"\xff\xfe", "that is no text")]
)
def test_what_cannot_be_read_ends_its_page_only_and_is_said_once(
    house: Any, studiohouse: ModuleType, raw: str | bytes, why: str
) -> None:
    page = studiohouse.Visitor(house)

    def attack() -> None:
        # Its end may reach the page while it still sends.
        page.send(raw, text=True)
        page.hears(lambda news: False)

    with pytest.raises(ConnectionClosed):
        attack()
    house.hears(why)
    assert len([line for line in house.quiet() if why in line]) == 1
    assert not [line for line in house.said if "Traceback" in line]
    plays_on(studiohouse, house)


def test_a_flood_ends_its_page_only(house: Any, studiohouse: ModuleType) -> None:
    page = studiohouse.Visitor(house)

    def flood() -> None:
        for k in range(5000):
            page.say(do="ping", mark=k)
        page.hears(lambda news: False)

    with pytest.raises(ConnectionClosed):
        flood()
    plays_on(studiohouse, house)


def test_a_port_that_is_not_there_is_not_opened(house: Any, studiohouse: ModuleType) -> None:
    page = studiohouse.Visitor(house)
    setup = {"mode": "live", "clock": "auto", "metre": "4/4", "key": None, "listen": None}
    page.say(do="setup", **setup, play="../../etc/passwd")
    assert (
        "choose another"
        in page.hears(lambda news: news["is"] == "said" and "passwd" in str(news))["sentence"]
    )
    page.leave()
    plays_on(studiohouse, house)


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../serving.py",
        "/assets/..%2fserving.py",
        "/assets/%2e%2e/%2e%2e/serving.py",
        "/assets/....//serving.py",
        "/assets//etc/passwd",
        "/assets/%00",
        "/assets/" + "a" * 3000,
        "/sounds/../index.html/../../app.py",
        "/../../../../etc/passwd",
        "//etc/passwd",
        "/.git/config",
        "/studio.key",
        "/docs",
    ],
)
def test_no_path_leads_out_of_the_page(house: Any, path: str) -> None:
    status, _, body = house.ask(path)
    assert status in (400, 404)
    assert b"import" not in body
    assert b"root:" not in body


def test_every_answer_tells_the_browser_what_it_may_do(house: Any) -> None:
    for path in ("/", "/nothing", "/api/paired"):
        _, headers, _ = house.ask(path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "'unsafe-inline'" not in policy
        assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    assert house.ask("/", "POST", b"", origin=house.origin)[0] == 405


def test_what_was_refused_is_said_once(house: Any, studiohouse: ModuleType) -> None:
    for _ in range(3):
        house.ask("/", host="again.example")
        house.ask("/", origin=EVIL)
        house.ask("/pair", "POST", b"{}")
        with pytest.raises(InvalidStatus):
            studiohouse.Visitor(house, EVIL)
    for sentence in ("not a name of the machine", "another site's page", "only bandmate's own page"):
        house.hears(sentence)
        assert len([line for line in house.quiet() if sentence in line]) == 1, sentence
    assert not [line for line in house.said if "Traceback" in line]


def test_what_is_no_message_is_said_once_a_page(house: Any, studiohouse: ModuleType) -> None:
    def said() -> int:
        return sum("that is no message" in line for line in house.quiet())

    before, page = said(), studiohouse.Visitor(house)
    for raw in ("{", "no message of ours"):
        page.send(raw)
        page.hears(lambda news: news["is"] == "refused")
    waited = (said() for _ in range(50))
    assert next(count for count in waited if count > before) == before + 1
    assert said() == before + 1
    page.leave()


def test_over_a_network_only_who_knows_the_code_comes_in(guarded: Any, studiohouse: ModuleType) -> None:
    line = guarded.hears("to pair another device")
    code = line.split(" type ")[1].split(",")[0]
    assert guarded.ask("/")[0] == 200
    assert guarded.ask("/api/paired")[0] == 401
    with pytest.raises(InvalidStatus):
        studiohouse.Visitor(guarded)
    with pytest.raises(InvalidStatus):
        studiohouse.Visitor(guarded, Cookie="bandmate=guess")
    guarded.hears("not paired with the band")
    assert len([line for line in guarded.quiet() if "not paired with the band" in line]) == 1

    def pair(typed: str) -> tuple[int, dict[str, str], bytes]:
        found: tuple[int, dict[str, str], bytes] = guarded.ask(
            "/pair", "POST", b'{"code":"' + typed.encode() + b'"}', origin=guarded.origin
        )
        return found

    assert guarded.ask("/pair", "POST", b'{"code":"x"}')[0] == 403
    assert guarded.ask("/pair", "POST", b"x" * 100_000, origin=guarded.origin)[0] == 403
    assert pair("2345-6789")[0] == 403
    status, headers, _ = pair(code.lower())
    assert status == 200
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    token = cookie.split(";")[0]
    assert guarded.ask("/api/paired", cookie=token)[0] == 200
    plays_on(studiohouse, guarded, Cookie=token)
    with pytest.raises(InvalidStatus):
        studiohouse.Visitor(guarded, EVIL, Cookie=token)

    assert [pair("2345-6789")[0] for _ in range(4)] == [403, 403, 403, 429]
    assert pair(code)[0] == 429
    plays_on(studiohouse, guarded, Cookie=token)


def test_the_key_of_paired_pages_is_the_user_s_alone(guarded: Any) -> None:
    assert (guarded.home / "studio.key").stat().st_mode & 0o077 == 0
