"""Who may come in: by Host, Origin and token; and the code by which the token is given."""

from __future__ import annotations

import pytest

from bandmate.daemon.studio.guard import Asking, Guard
from bandmate.daemon.studio.pairing import MINUTE, TRIES, WRONG, Pairing, Verdict, shown

HERE = "127.0.0.1:8321"
HOME = f"http://{HERE}"
TOKEN = "t" * 43


def asking(
    host: str | None = HERE,
    origin: str | None = None,
    cookie: str | None = None,
    method: str = "GET",
    path: str = "/",
) -> Asking:
    return Asking(method, path, host, origin, cookie)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8321", None),
        ("localhost:8321", None),
        ("LOCALHOST:8321", None),
        ("[::1]:8321", None),
        ("192.168.1.7:8321", None),
        ("pi.local:8321", None),
        ("evil.example:8321", 421),
        ("127.0.0.1.evil.example:8321", 421),
        ("localhost:80", 421),
        ("localhost", 421),
        ("127.0.0.1:8321@evil.example", 421),
        ("127.0.0.1:８３２１", 421),
        ("", 421),
        (None, 421),
    ],
)
def test_only_names_of_this_machine_are_hosts(host: str | None, status: int | None) -> None:
    refused = Guard(8321, ["pi.local"], None).refuses(asking(host))
    assert (None if refused is None else refused.status) == status


@pytest.mark.parametrize(
    ("origin", "method", "socket", "status"),
    [
        (HOME, "GET", True, None),
        (HOME, "POST", False, None),
        (None, "GET", False, None),
        (None, "GET", True, 403),
        (None, "POST", False, 403),
        ("null", "GET", True, 403),
        ("http://evil.example", "GET", True, 403),
        ("http://evil.example", "GET", False, 403),
        ("https://127.0.0.1:8321", "GET", True, 403),
        ("http://127.0.0.1", "POST", False, 403),
        ("http://localhost:8321", "POST", False, 403),
        ("http://127.0.0.1:8321.evil.example", "GET", True, 403),
    ],
)
def test_only_its_own_page_asks(origin: str | None, method: str, socket: bool, status: int | None) -> None:
    refused = Guard(8321, [], None).refuses(asking(origin=origin, method=method), socket=socket)
    assert (None if refused is None else refused.status) == status


@pytest.mark.parametrize(
    ("cookie", "path", "socket", "status"),
    [
        (f"bandmate={TOKEN}", "/band", True, None),
        (f"a=b; bandmate={TOKEN}", "/band", True, None),
        (None, "/", False, None),
        (None, "/assets/page.js", False, None),
        (None, "/pair", False, None),
        (None, "/band", True, 401),
        (None, "/api/paired", False, 401),
        ("bandmate=", "/band", True, 401),
        (f"bandmate={TOKEN[:-1]}", "/band", True, 401),
        (f"bandmate={TOKEN}x", "/band", True, 401),
        ("bandmate=\udcff", "/band", True, 401),
        ('bandmate="\\', "/band", True, 401),
    ],
)
def test_over_a_network_a_token_is_needed(
    cookie: str | None, path: str, socket: bool, status: int | None
) -> None:
    guard = Guard(8321, [], TOKEN)
    refused = guard.refuses(asking(origin=HOME, cookie=cookie, path=path), socket=socket)
    assert (None if refused is None else refused.status) == status


def test_a_code_is_read_as_people_type_it() -> None:
    pairing = Pairing("ABCD2345")
    assert shown("ABCD2345") == "ABCD-2345"
    assert pairing.offer(" abcd-2345 ", 0.0) is Verdict.RIGHT
    assert pairing.offer("ABCD2346", 0.0) is Verdict.WRONG
    assert pairing.offer("", 0.0) is Verdict.WRONG


def test_guessing_is_slow_whoever_guesses_and_the_code_changes() -> None:
    pairing = Pairing("ABCD2345")
    tried = [pairing.offer("x", 0.0) for _ in range(TRIES + 3)]
    assert tried == [Verdict.WRONG] * TRIES + [Verdict.WAIT] * 3
    assert pairing.offer("ABCD2345", 1.0) is Verdict.WAIT
    assert pairing.offer("ABCD2345", MINUTE) is Verdict.RIGHT
    for k in range(TRIES, WRONG):
        assert pairing.offer("x", MINUTE * (2 + k)) is Verdict.WRONG
    assert pairing.code != "ABCD2345"
    assert pairing.offer("ABCD2345", MINUTE * 100) is Verdict.WRONG
    assert pairing.offer(pairing.code, MINUTE * 101) is Verdict.RIGHT
