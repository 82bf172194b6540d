"""What people read, in their language: gettext with English as the source.

The language is the one chosen in the sidebar, else that of the address (`?lang=es`, for a teacher's
link), else the browser's.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from aelab.errors import LabError

LOCALE = Path(__file__).resolve().parents[1] / "locale"
LANGUAGES = {"en": "English", "es": "Español", "pt": "Português"}
_KEY = "lang"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("aelab", LOCALE, [language], fallback=language == "en")


def _first_language() -> str:
    """Return the language of the address (`?lang=es`), else of the browser, if the lab speaks it."""
    for code in (st.query_params.get("lang", ""), (st.context.locale or "").split("-")[0].lower()):
        if code in LANGUAGES:
            return code
    return "en"


def language() -> str:
    """Return the code of the language that is shown."""
    chosen = st.session_state.get(_KEY)
    return chosen if chosen in LANGUAGES else _first_language()


def pick_language() -> None:
    """Draw the language picker; the choice lasts as long as the session."""
    st.selectbox(
        "Language · Idioma · Língua",
        list(LANGUAGES),
        index=list(LANGUAGES).index(_first_language()),
        format_func=LANGUAGES.__getitem__,
        key=_KEY,
        persist_state="session",
    )


def t(message: str, /, **values: Any) -> str:
    """Return `message` in the language that is shown, with `{name}` replaced by values."""
    if not message:
        return ""  # gettext answers "" with the catalogue's header
    text = _catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def say(error: LabError) -> str:
    """Return an error's sentence in the language that is shown, safe to put into Markdown."""
    return t(error.template, **{name: plain(str(value)) for name, value in error.values.items()})


def plain(text: str) -> str:
    """Escape text from users, so that Markdown shows it as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|~<>$:" else letter for letter in text)
