"""The plan of the house as tests: who may import whom, and what stays out of where."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BELOW = {
    "bridge": set(),
    "models": set(),
    "presets": set(),
    "daemon": {"bridge", "models", "presets"},
    "training": {"models", "presets"},
}
TAUGHT_BELOW = {
    "reading": set(),
    "arranging": {"reading"},
    "corpora": {"reading", "arranging"},
    "drawing": set(),
    "gathering": {"reading", "arranging", "corpora", "drawing"},
    "fitting": set(),
    "judging": {"fitting"},
    "ear": {"fitting", "judging"},
    "band": {"fitting", "judging"},
    "unet_gan": {"fitting", "judging"},
    "musegan": {"fitting", "judging"},
    "runs": {"fitting", "judging", "drawing"},
}
PLAYS_BELOW = {
    "clock": set(),
    "answering": set(),
    "pictures": {"clock"},
    "sending": {"clock"},
    "hearing": {"answering"},
    "leading": {"clock", "answering", "hearing"},
    "engine": {"clock", "answering", "hearing", "leading", "sending"},
    "ports": {"sending"},
    "link": {"clock"},
    "sound": set(),
    "offstage": {"clock", "answering", "hearing", "sending", "engine", "pictures", "sound"},
    "stage": {"clock", "answering", "leading", "sending", "engine", "ports", "link", "sound"},
    "learn": {"leading", "ports"},
    "service": set(),
    "templates": set(),
    "selftest": {"stage"},
    "tuition": set(),
    "studio": {
        "clock",
        "answering",
        "leading",
        "sending",
        "engine",
        "ports",
        "stage",
        "sound",
        "tuition",
    },
}
ROOMS = {"training": TAUGHT_BELOW, "daemon": PLAYS_BELOW}
ROOFS = {f"bandmate.{roof}" for roof in ROOMS}
HEAVY = ("rtmidi", "onnxruntime", "torch", "numpy")
MODULES = sorted(path for folder in BELOW for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def tree(path):
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imports(path):
    """Every module that a file imports, at its top or inside a function, as a dotted name."""
    for node in tree(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (
                f"{node.module}.{alias.name}" for alias in node.names if node.module in {"bandmate", *ROOFS}
            )


def roots(path):
    return {name.split(".")[0] for name in imports(path)}


def rooms(path):
    return {name.split(".")[1] for name in imports(path) if name.startswith("bandmate.")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down_only(path):
    room = path.relative_to(ROOT).parts[0]
    assert rooms(path) <= BELOW[room] | {room}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.parent.name in ROOMS], ids=name_of)
def test_rooms_of_a_roof_import_down_only(path):
    roof, room = path.parent.parent.name, path.parent.name
    below = ROOMS[roof]
    parts = {name.split(".")[2] for name in imports(path) if name.startswith(f"bandmate.{roof}.")}
    assert parts & set(below) <= below[room] | {room}


@pytest.mark.parametrize("path", MODULES + TESTS, ids=name_of)
def test_no_bare_and_no_relative_import(path):
    assert not roots(path) & set(BELOW), "write 'from bandmate.models import roll'"
    assert not [name for name in imports(path) if name.startswith(".")]


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("rtmidi", "bridge/"),
        ("mido", ("bridge/", "daemon/", "training/")),
        ("onnxruntime", "models/generator.py"),
        ("torch", "training/"),
        ("partitura", "training/"),
        ("yaml", ("presets/", "training/")),
        ("ruamel", "presets/"),
        ("link", "daemon/link/peer.py"),
        ("starlette", "daemon/studio/"),
        ("uvicorn", "daemon/studio/"),
    ],
)
def test_a_library_is_used_in_its_place_only(library, allowed):
    users = [name_of(path) for path in MODULES if library in roots(path)]
    assert [name for name in users if not name.startswith(allowed)] == []


@pytest.mark.parametrize("path", [path for path in TESTS if path.name.startswith("test_")], ids=name_of)
def test_no_test_sleeps(path):
    if "bench" in path.parts:
        pytest.skip("a benchmark measures real time")
    called = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    names = [node.func.attr if isinstance(node.func, ast.Attribute) else "" for node in called]
    names += [node.func.id for node in called if isinstance(node.func, ast.Name)]
    assert "sleep" not in names


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_are_loaded_safely(path):
    for node in tree(path):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        call = (owner, node.func.attr)
        assert call not in {
            ("yaml", "load"),
            ("yaml", "unsafe_load"),
            ("pickle", "load"),
            ("pickle", "loads"),
        }
        if call == ("torch", "load"):
            assert given.get("weights_only") == "True"
        if call == ("np", "load"):
            assert given.get("allow_pickle", "False") == "False"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_small_and_say_what_they_are(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))
    assert path.name not in {"utils.py", "helpers.py", "common.py", "misc.py"}


def test_every_room_is_typed():
    assert [room for room in BELOW if not (ROOT / room / "py.typed").is_file()] == []


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_imports_nothing_heavy(word):
    script = (
        "import sys; from bandmate.daemon.cli import main\n"
        f"try: main(['{word}'])\n"
        "except SystemExit as end: code = end.code\n"
        f"print('heavy:', sorted(set(sys.modules) & {{*{HEAVY}}}), code)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd="/")
    assert done.stdout.endswith("heavy: [] 0\n"), done.stdout + done.stderr


def test_the_page_s_server_imports_nothing_that_it_does_not_use():
    """It is there as long as the band, and ONNX Runtime alone would take a quarter of its memory."""
    script = "import sys, bandmate.daemon.studio.serving as it; print(it.__name__, 'of', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd="/")
    name, _, *imported = done.stdout.split()
    assert name == "bandmate.daemon.studio.serving", done.stderr
    assert set(imported) & {"rtmidi", "onnxruntime", "torch"} == set()
