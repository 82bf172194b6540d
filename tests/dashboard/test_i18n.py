"""The language that is shown: which one it is, and that a page, an error or a class name has no English left in it."""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from labs import PATIENCE, TrainedLab
from streamlit.testing.v1 import AppTest

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.noise import noises
from aelab.studies import latent_map

DASHBOARD = Path(__file__).parents[2] / "dashboard"
LANGUAGES = ("es", "pt")
VIEWS = sorted(path.stem for path in (DASHBOARD / "views").glob("*.py"))

#: What a page sends to the browser without showing it.
SILENT = {"id", "key", "icon", "page", "url", "format", "type", "tag", "direction", "marker", "mode", "template"}


@pytest.fixture(autouse=True)
def _ui(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DASHBOARD))  # where Streamlit starts


def shown_in(language: str, script: str) -> list[str]:
    """Return the Markdown that a script draws for somebody whose address asks for a language."""
    page = AppTest.from_string(script)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception, page.exception
    return [element.value for element in page.markdown]


def english(language: str) -> set[str]:
    """Return the messages that look different in a language."""
    catalogue = gettext.translation("aelab", DASHBOARD / "locale", [language])
    return {source for source, text in catalogue._catalog.items() if source and source != text}


def texts(page: AppTest) -> Iterator[str]:
    """Yield every text on a page, in its tables and charts too."""
    for element in elements(page._tree):
        yield from leaves(MessageToDict(element.proto))
    for table in page.dataframe:
        yield from (str(cell) for column in table.value for cell in table.value[column])


def elements(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", {}).values():
        if hasattr(getattr(child, "proto", None), "DESCRIPTOR"):
            yield child
        yield from elements(child)


def leaves(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in SILENT:
                yield from leaves(value)
    elif isinstance(data, list):
        for value in data:
            yield from leaves(value)
    elif isinstance(data, str):
        yield from leaves(json.loads(data)) if data.startswith("{") else [data]


def shown_on(view: str, language: str) -> set[str]:
    page = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=PATIENCE)
    page.query_params["lang"] = language
    page.run()
    if view != "home":
        page.switch_page(f"views/{view}.py").run()
    assert not page.exception
    return set(texts(page))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_no_message_on_a_page_is_in_english(lab: TrainedLab, language: str, view: str) -> None:
    assert shown_on(view, language) & english(language) == set()


def test_the_rule_above_looks_into_tables_and_charts(lab: TrainedLab) -> None:
    seen = shown_on("reports", "en") & english("es")
    assert {"Test", "Latent dimension", "Run"} <= seen, "a cell, a head, an axis"


class TestLanguage:
    @pytest.mark.parametrize(
        ("address", "browser", "language"),
        [
            (None, "es-MX", "es"),
            (None, "pt", "pt"),
            (None, "pt-BR", "pt"),
            (None, "de-AT", "en"),
            (None, None, "en"),
            ("pt", "es", "pt"),
            ("tlh", "es", "es"),
            ("../../etc", "", "en"),
        ],
    )
    def test_the_first_language_is_the_address_s_or_the_browser_s(
        self, address: str | None, browser: str | None, language: str
    ) -> None:
        from ui.i18n import first_language  # noqa: PLC0415 - the path is set by then

        assert first_language(address, browser) == language

    @pytest.mark.parametrize(("language", "shown"), [("es", "Inicio"), ("pt", "Início"), ("tlh", "Home")])
    def test_a_link_opens_in_its_language_and_in_english_where_the_lab_does_not_speak_it(
        self, language: str, shown: str
    ) -> None:
        script = "import streamlit as st\nfrom ui.i18n import t\nst.markdown(t('Home'))"
        assert shown_in(language, script) == [shown]

    @pytest.mark.parametrize("language", ["en", *LANGUAGES])
    def test_no_text_stays_no_text(self, language: str) -> None:
        script = "import streamlit as st\nfrom ui.i18n import t\nst.markdown('[' + t('') + ']')"
        assert shown_in(language, script) == ["[]"]

    def test_the_choice_in_the_sidebar_beats_the_address(self) -> None:
        script = "import streamlit as st\nfrom ui import i18n\ni18n.pick_language()\nst.markdown(i18n.t('Home'))"
        page = AppTest.from_string(script)
        page.query_params["lang"] = "es"
        page.run()
        assert page.selectbox[0].value == "es"
        page.selectbox[0].select("pt").run()
        assert page.markdown[0].value == "Início"


class TestErrors:
    """A Spanish sentence has no English word in it, but for what the user called something."""

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            (
                LabError("Run {run} is still {state}: cancel it first.", run="abc", state="running"),
                "La ejecución abc todavía está en curso: cancélela primero.",
            ),
            (
                LabError(
                    "{file} in {folder} is damaged ({reason}).", file="test", folder="noise", reason="missing fields"
                ),
                "test en noise está dañado (faltan campos).",
            ),
            (
                LabError(
                    "{title} was found at {path}, but cannot be used: {reason} Delete it, then try again.",
                    title="MNIST",
                    path="here",
                    reason=LabError("{file} is not an IDX file of unsigned bytes.", file="images"),
                ),
                "MNIST se encontró en here, pero no se puede usar: images no es un archivo IDX de bytes sin signo. "
                "Elimínelo e inténtelo de nuevo.",
            ),
        ],
    )
    def test_words_of_the_lab_are_translated_and_names_are_not(self, error: LabError, sentence: str) -> None:
        assert said_in("es", error) == sentence

    def test_a_noise_is_called_by_its_name(self) -> None:
        for spec in noises:
            with pytest.raises(LabError) as caught:
                spec.corrupt(None, 100.0, None)
            assert spec.label not in said_in("es", caught.value)

    def test_a_setting_is_called_by_the_name_that_stands_over_it(self) -> None:
        with pytest.raises(LabError) as caught:
            latent_map.check_count(40, latent_map.Config(method="tsne"))
        assert said_in("es", caught.value) == (
            "El valor de «Perplejidad» debe ser menor que un tercio de las 40 imágenes; es 30. Pruebe con 4."
        )

    def test_markdown_in_a_name_from_outside_is_shown_as_it_is(self) -> None:
        error = LabError("There is no file {file}.", file="**b** [x](javascript:1) $y$")
        assert said_in("pt", error, plain=False) == (
            "Não existe o arquivo \\*\\*b\\*\\* \\[x\\]\\(javascript\\:1\\) \\$y\\$."
        )


def test_a_name_that_is_written_from_the_right_does_not_turn_what_is_around_it() -> None:
    name = "\N{ARABIC LETTER MEEM}\N{ARABIC LETTER REH}"
    drawn = (
        f"from ui.i18n import plain\nimport streamlit as st\nst.markdown(plain({name!r}))\nst.markdown(plain('pera'))"
    )
    assert shown_in("en", drawn) == [f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}", "pera"]


def said_in(language: str, error: LabError, *, plain: bool = True) -> str:
    """Return how the dashboard says an error that came from a worker, without what keeps it from being Markdown."""
    script = (
        "import streamlit as st\nfrom ui.i18n import say\nfrom aelab.errors import LabError\n"
        f"st.markdown(say(LabError.from_json({error.to_json()!r})))"
    )
    (text,) = shown_in(language, script)
    return re.sub(r"\\(.)", r"\1", text) if plain else text


class TestClassNames:
    @pytest.fixture
    def dataset(self) -> Callable[..., Dataset]:
        def make(source: str, *names: str) -> Dataset:
            return Dataset("mine", Path(), names, (28, 28, 1), {}, {"source": source}, "")

        return make

    def test_the_lab_s_own_are_translated_and_those_of_folders_are_not(self, dataset: Callable[..., Dataset]) -> None:
        for source, shown in [("shapes", "cuadrado"), ("fashion_mnist", "cuadrado"), ("folder", "square")]:
            made = dataset(source, "square")
            script = (
                "import streamlit as st\nfrom pathlib import Path, PosixPath, WindowsPath\n"
                "from aelab.datasets.store import Dataset\nfrom ui.labels import class_names\n"
                f"st.markdown(' '.join(class_names({made!r})))"
            )
            assert shown_in("es", script) == [shown]
