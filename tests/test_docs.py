"""Documentation that fails when it goes stale: commands parse, links lead somewhere, lists are complete."""

import re
import shlex
from pathlib import Path

import pytest

from aelab.cli import parser
from aelab.datasets import sources
from aelab.fields import Config
from aelab.models import models
from aelab.noise import noises
from aelab.training.config import TrainingConfig

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))

_COMMAND = re.compile(r"(?:^|`)(aelab [a-z][^`\n]*)", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)")


def _commands() -> list[tuple[str, str]]:
    return [
        (page.name, command.split("#")[0].strip())
        for page in PAGES
        for command in _COMMAND.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "command"), _commands())
def test_command_in_the_documentation_is_one_the_program_takes(page: str, command: str) -> None:
    words = shlex.split(command)[1:]
    parser().parse_args(words)


def test_readme_shows_commands_at_all() -> None:
    assert sum(page == "README.md" for page, _ in _commands()) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_link_leads_to_a_file_that_is_there(page: Path) -> None:
    targets = [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("name", [*models.names(), *noises.names(), *(spec.name for spec in sources if spec.ready)])
def test_readme_lists_what_the_registries_hold(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_settings_named_in_the_readme_exist() -> None:
    sentence = re.search(r"`--set` takes[^.]*", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sentence is not None
    configs: list[type[Config]] = [TrainingConfig, *(spec.config for spec in models)]
    known = {name for config in configs for name in config.names()}
    named = set(re.findall(r"`([a-z_]+)`", sentence.group()))
    assert named
    assert named <= known


def test_every_page_of_the_dashboard_has_its_picture_and_its_chapter() -> None:
    guide = (ROOT / "docs/user-guide.md").read_text(encoding="utf-8")
    for view in (ROOT / "dashboard/views").glob("*.py"):
        assert (ROOT / f"docs/images/{view.stem}.png").exists(), (
            f"run scripts/screenshots.py: {view.stem} has no picture"
        )
        assert f"## {view.stem.replace('_', ' ').capitalize()}" in guide
