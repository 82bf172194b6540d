"""Whatever people read is in their language: nothing in the code is left out, nothing in a catalogue is wrong."""

from __future__ import annotations

import ast
import dataclasses
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from aelab.clustering import algorithms
from aelab.datasets import shapes, sources
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.spec import no_progress
from aelab.errors import LabError
from aelab.fields import Config
from aelab.jobs.spec import tasks
from aelab.metrics import metrics
from aelab.models import models
from aelab.noise import noises
from aelab.studies import studies
from aelab.training.config import TrainingConfig

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import messages  # noqa: E402

LANGUAGES = ("es", "pt")
REGISTRIES = (sources, noises, models, metrics, studies, tasks, algorithms)

#: Names and symbols that are the same in every language.
NEUTRAL = {"MNIST", "Fashion-MNIST", "AE Lab", "PCA", "t-SNE", "N", "x", "y", "Language · Idioma · Língua"}
#: What Streamlit shows of its functions' first argument, and everyone's of these keywords.
SHOWN_FIRST = {
    *("title", "header", "subheader", "markdown", "caption", "text", "write", "info", "success", "warning", "error"),
    *("button", "download_button", "link_button", "checkbox", "toggle", "radio", "pills", "segmented_control", "toast"),
    *("selectbox", "multiselect", "slider", "select_slider", "text_input", "text_area", "number_input", "metric"),
    *("file_uploader", "expander", "popover", "spinner", "status", "dialog", "empty", "Column", "NumberColumn"),
    *("TextColumn", "ImageColumn", "state_name", "show_progress"),
}
SHOWN_KEYWORDS = {
    *("title", "label", "help", "alt", "caption", "placeholder", "body", "text", "x", "y", "point", "point_name"),
    *("column_config", "page_title"),
}
TRANSLATED = {"t", "N_", "LabError", "exception"}  # the last writes to the log
#: Tags, whole or cut by what is put into them: nobody reads those.
MARKUP = re.compile(r"<[^<>]*>|<[^<>]*$|^\"[^<>]*>")
PROSE = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")


@cache
def extracted() -> set[str]:
    return messages.messages()[0]


def run_check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / "scripts" / "messages.py", "check"], capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what the check looks at."""
    for part in ("scripts", "src/aelab", "dashboard"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


class TestCatalogues:
    def test_nothing_is_missing_unused_or_wrong(self) -> None:
        done = run_check(ROOT)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_every_language_of_the_picker_has_one(self) -> None:
        assert messages.languages() == list(LANGUAGES)

    def test_a_message_that_is_new_in_the_code_is_named(self, copy: Path) -> None:
        (copy / "dashboard" / "views" / "more.py").write_text('from ui.i18n import t\nt("Never " "seen")\n')
        done = run_check(copy)
        assert done.returncode == 1
        assert done.stdout.splitlines() == [f"{language}: missing: 'Never seen'" for language in LANGUAGES]

    def test_messages_that_have_left_the_code_are_named(self, copy: Path) -> None:
        (copy / "src" / "aelab" / "noise" / "salt_pepper.py").unlink()
        done = run_check(copy)
        assert done.returncode == 1
        assert "es: not used any more: 'Salt and pepper noise'" in done.stdout

    def test_a_translation_that_was_never_compiled_is_named(self, copy: Path) -> None:
        path = copy / "dashboard" / "locale" / "es" / "LC_MESSAGES" / "aelab.po"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('msgstr "Inicio"', 'msgstr "Portada"'), encoding="utf-8")
        assert "es: aelab.mo is out of date" in run_check(copy).stdout

    def test_update_changes_nothing_where_nothing_changed(self, copy: Path) -> None:
        def contents() -> dict[Path, bytes]:
            return {path: path.read_bytes() for path in (copy / "dashboard" / "locale").rglob("aelab.*")}

        before = contents()
        subprocess.run([sys.executable, copy / "scripts" / "messages.py", "update"], check=True)
        assert contents() == before
        assert len(before) == 2 * len(LANGUAGES)

    @pytest.mark.parametrize(
        ("source", "translation", "said"),
        [
            ("Run {run}.", "La ejecución {corrida}.", "other values in {}"),
            ("Run {run}.", "La ejecución {run.", "other values in {}"),
            ("Run {run}.", "La ejecución.", "other values in {}"),
            ("**{gain} dB** more", "{gain} dB más", "other bold"),
            ("Use `aelab`", "Use aelab", "other code"),
            ("Set $\\beta$", "Fije $\\gamma$", "other LaTeX"),
            ("One sentence.", "Una frase", "other sentence end"),
            ("Word", "", "not translated"),
        ],
    )
    def test_a_translation_that_would_break_the_page_is_refused(self, source: str, translation: str, said: str) -> None:
        message = messages.Message(source, translation)
        assert any(fault.startswith(said) for fault in messages.faults_of(message))

    @pytest.mark.parametrize(("language", "between"), [("es", "\N{NO-BREAK SPACE}"), ("pt", "")])
    def test_percents_are_written_as_the_language_writes_them(self, language: str, between: str) -> None:
        with messages.catalogue_path(language).open("rb") as file:
            translations = [str(message.string) for message in read_po(file)]
        assert set(re.findall(r"[0-9}*](\s*)%", " ".join(translations))) == {between}

    def test_a_guess_is_not_a_translation(self) -> None:
        assert messages.faults_of(messages.Message("Run", "Correr", flags=["fuzzy"])) == ["fuzzy"]


class TestExtraction:
    @pytest.mark.parametrize("code", ['t(f"{n} runs")', 't("a" + name)', "N_(name)", "LabError(template)"])
    def test_text_that_cannot_be_translated_is_a_fault(self, copy: Path, code: str) -> None:
        (copy / "dashboard" / "views" / "more.py").write_text(f"{code}\n")
        done = run_check(copy)
        assert done.returncode == 1
        assert "dashboard/views/more.py:1: " in done.stdout

    @pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: next(iter(registry)).__class__.__name__)
    def test_what_a_spec_says_can_be_translated(self, registry: Iterable[Any]) -> None:
        for spec in registry:
            assert missing(texts_of(spec)) == set(), spec.name

    def test_what_the_training_form_says_can_be_translated(self) -> None:
        assert missing(knobs_of(TrainingConfig)) == set()

    def test_what_a_registry_calls_its_own_can_be_translated(self) -> None:
        for registry in REGISTRIES:
            with pytest.raises(LabError) as caught:
                registry["nothing of the kind"]
            assert missing([caught.value.values["kind"]]) == set()

    def test_the_lab_s_own_class_names_can_be_translated(self) -> None:
        drawn = shapes.load(ShapesConfig(count=50, classes=5), no_progress)
        assert missing([*drawn.class_names, "Sneaker"]) == set()

    def test_words_in_errors_can_be_translated(self) -> None:
        for path, call in calls_in("src/aelab", "dashboard"):
            if name_of(call) in {"LabError", "DivergedError"}:
                words = {word for keyword in call.keywords for word in words_of(keyword.value)} - {"config.json"}
                assert missing(words) == set(), f"{path}:{call.lineno}"


def missing(texts: Iterable[str]) -> set[str]:
    return set(texts) - extracted() - NEUTRAL - {""}


def texts_of(spec: Any) -> Iterator[str]:
    """Yield what people read of a SPEC: all its text but identifiers, formulas, units and sources."""
    silent = {"name", "paper", "source", "equation", "unit", "direction", "lane", "subject", "variant_of"}
    for field in dataclasses.fields(spec):
        value = getattr(spec, field.name)
        if isinstance(value, str) and field.name not in silent:
            yield value
    yield from getattr(spec, "parts", {}).values()
    if hasattr(spec, "config"):
        yield from knobs_of(spec.config)
    if hasattr(spec, "units"):
        losses = (spec.config.choices("loss") if "loss" in spec.config.names() else None) or ()
        yield from (spec.units(config) for config in [spec.config(), *(spec.config(loss=loss) for loss in losses)])


def knobs_of(config: type[Config]) -> Iterator[str]:
    for name in config.names():
        knob = config.knob(name)
        yield from (knob.label, knob.help, knob.unit)


def calls_in(*folders: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT), node


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def words_of(value: ast.expr) -> Iterator[str]:
    """Yield the literals that an expression may come to."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    for part in [*getattr(value, "values", []), *(getattr(value, each, None) for each in ("body", "orelse"))]:
        if isinstance(value, ast.BoolOp | ast.IfExp) and isinstance(part, ast.expr):
            yield from words_of(part)


class TestDashboard:
    @pytest.mark.parametrize("path", sorted((ROOT / "dashboard").rglob("*.py")), ids=lambda path: path.stem)
    def test_nothing_on_a_page_is_in_english_only(self, path: Path) -> None:
        assert list(untranslated(path.read_text(encoding="utf-8"))) == []

    @pytest.mark.parametrize(
        "code",
        [
            'st.title("Reports")',
            'left.metric("Images", 3, help=t("How many"))',
            'st.markdown(f"{count} runs are done")',
            'st.image(data, alt="Rows of images")',
            'st.dataframe(table, column_config={"run": "Run"})',
            'st.column_config.NumberColumn("Gain")',
            'names = ["the validation images"]',
            'st.info(t("Ready") if ready else "Wait")',
        ],
    )
    def test_the_rule_above_sees_english(self, code: str) -> None:
        assert len(list(untranslated(code))) == 1

    @pytest.mark.parametrize(
        "code",
        [
            'st.title(t("Reports"), key="reports.title")',
            'number("N", format="%d")',
            '"""What this file is for."""',
            'st.info(t("Wait a little"), icon=":material/info:")',
            'st.markdown(f"**{t(label)}** · {n}")',
            'raise LabError("There is no {name}.", name=name)',
        ],
    )
    def test_the_rule_above_lets_the_rest_pass(self, code: str) -> None:
        assert list(untranslated(code)) == []


def untranslated(source: str) -> Iterator[str]:
    """Yield each literal of a file of the dashboard that people would read in English whatever their language."""
    yield from (text for text in _english(ast.parse(source), shown=False) if text.strip() not in NEUTRAL)


def _english(node: ast.AST, *, shown: bool) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _is_text(node.value, shown=shown):
            yield node.value
    elif isinstance(node, ast.Call):
        yield from _english_in_call(node)
    elif isinstance(node, ast.Dict):  # its keys are identifiers
        for value in node.values:
            yield from _english(value, shown=shown)
    elif isinstance(node, ast.IfExp):
        yield from _english(node.body, shown=shown)
        yield from _english(node.orelse, shown=shown)
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):  # which is a docstring
        keeps = isinstance(node, ast.JoinedStr | ast.BinOp | ast.BoolOp)
        for child in ast.iter_child_nodes(node):
            yield from _english(child, shown=shown and keeps)


def _english_in_call(call: ast.Call) -> Iterator[str]:
    name = name_of(call)
    if name in TRANSLATED:
        return
    yield from _english(call.func, shown=False)
    for position, argument in enumerate(call.args):
        yield from _english(argument, shown=position == 0 and name in SHOWN_FIRST)
    for keyword in call.keywords:
        yield from _english(keyword.value, shown=keyword.arg in SHOWN_KEYWORDS)


def _is_text(text: str, *, shown: bool) -> bool:
    return bool(PROSE.search(MARKUP.sub("", text))) or (
        shown and any(letter.isalpha() for letter in text) and text[0] != ":"
    )
