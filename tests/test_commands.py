"""Commands that other packages bring, and what one says that can't run."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import EntryPoint, PackageNotFoundError
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

from bandmate.daemon import commands
from bandmate.daemon.cli import main
from bandmate.training import extra
from bandmate.training.extra import Taught

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@click.command()
@click.argument("tune")
def hum(tune: str) -> None:
    """Hum a tune."""
    click.echo(f"hmm {tune}")


@pytest.fixture
def bring(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of a stranger's, and its entry points in place of all others."""
    module = ModuleType("stranger")
    module.hum = hum  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "stranger", module)
    places = {
        "hum": "stranger:hum",
        "models": "stranger:hum",
        "gone": "stranger:gone",
        "lost": "no_such_module:main",
        "odd": "stranger:__name__",
    }
    found = [EntryPoint(name, value, commands.GROUP) for name, value in places.items()]
    monkeypatch.setattr(commands, "found", lambda: found)
    return module


def test_a_command_that_is_brought_is_listed_and_runs(bring: ModuleType) -> None:
    assert re.search(r"^  hum +Hum a tune\.$", run("--help").output, re.MULTILINE)
    assert run("hum", "ode").output == "hmm ode\n"
    assert run("hum", "--help").output.startswith("Usage: main hum [OPTIONS] TUNE")


def test_our_own_command_is_meant_by_its_name(bring: ModuleType) -> None:
    assert run("--help").output.count("  models") == 1
    assert "List the models" in run("models", "--help").output


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gone", "AttributeError"),
        ("lost", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("odd", "stranger:__name__ is no click command"),
    ],
)
@pytest.mark.parametrize("words", [[], ["some", "--flag=1"], ["--help"]])
def test_a_broken_one_costs_a_sentence(bring: ModuleType, name: str, why: str, words: list[str]) -> None:
    done = run(name, *words)
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: '{name}' can't be loaded ({why}")
    assert done.output.count("\n") == 1
    listing = run("--help")
    assert listing.exit_code == 0
    assert f"  {name} " in listing.output
    assert "  hum " in listing.output


def test_one_that_ends_the_program_when_it_is_loaded_is_broken(bring: ModuleType) -> None:
    def ending(name: str) -> None:
        raise SystemExit(3)

    bring.__getattr__ = ending  # type: ignore[method-assign]
    assert run("gone").exit_code == 1


def test_nothing_is_loaded_for_another_command(bring: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "load", lambda entry: pytest.fail(f"{entry.name} was loaded"))
    assert run("models", "--help").exit_code == 0
    assert run("hom").exit_code == 2


def test_train_is_a_command_of_this_project() -> None:
    (entry,) = (entry for entry in commands.found() if entry.name == "train")
    assert PROJECT["project"]["entry-points"][commands.GROUP] == {"train": entry.value}
    command = commands.load(entry)
    assert isinstance(command, Taught)
    short = re.escape(command.get_short_help_str(30).rstrip("."))
    assert re.search(rf"^  train +{short}", run("--help").output, re.MULTILINE)


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> Taught:
    """A group for teaching where torch is not installed."""
    there = extra.distribution

    def distribution(name: str) -> object:
        if name == "torch":
            raise PackageNotFoundError(name)
        return there(name)

    monkeypatch.setattr(extra, "distribution", distribution)
    school = Taught("school")
    school.add_command(hum)
    return school


def test_without_the_extra_one_sentence_says_what_to_install(school: Taught) -> None:
    done = CliRunner().invoke(school, ["hum", "ode"])
    assert done.exit_code == 1
    assert done.output.startswith(
        'Error: teaching needs torch; pip install "bandmate[train]" (for the small CPU'
    )
    assert done.output.count("\n") == 1


@pytest.mark.parametrize("words", [["--help"], ["hum", "--help"]])
def test_help_is_shown_without_the_extra(school: Taught, words: list[str]) -> None:
    done = CliRunner().invoke(school, words)
    assert (done.exit_code, "Hum a tune." in done.output) == (0, True)


def test_what_is_looked_for_is_what_the_extra_brings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(extra, "distribution", asked.append)
    assert extra.lacking() == []
    brought = PROJECT["project"]["optional-dependencies"]["train"]
    assert asked == [re.split(r"[=<>]", each)[0] for each in brought]


def test_only_the_extra_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        "click>=8",
        "torch==2; extra == 'train'",
        'a-b ; os_name != "x" and extra == "train"',
        "c; extra == 'dev'",
    ]
    monkeypatch.setattr(extra, "requires", lambda name: lines)
    monkeypatch.setattr(extra, "_installed", lambda name: False)
    assert extra.lacking() == ["torch", "a-b"]
