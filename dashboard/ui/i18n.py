"""What people read, in their language: gettext with English as the source.

The language is the one chosen in the sidebar, else that of the address (`?lang=es`, for a teacher's
link), else the one that was shown here last, which the browser keeps, else the browser's own.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from aelab.errors import N_, LabError

LOCALE = Path(__file__).resolve().parents[1] / "locale"
LANGUAGES = {"en": "English", "es": "Español", "pt": "Português"}
_KEY = "lang"
_COOKIE, _KEPT = "aelab_language", "lang.kept"
_YEAR = 365 * 24 * 3600

#: The values of errors that may be words of the lab. Others name what is the user's: a file called "test" stays so.
_WORDS_IN = frozenset(
    {
        "candidate",
        "found",
        "high",
        "kind",
        "low",
        "network",
        "noise",
        "part",
        "reason",
        "reference",
        "setting",
        "shape",
        "state",
    }
)
#: Those words, as far as they are no label or message elsewhere.
WORDS = (
    N_("encoder"), N_("decoder"), N_("restorer"), N_("train"), N_("validation"), N_("test"),
    N_("model"), N_("noise"), N_("metric"), N_("dataset source"), N_("study"), N_("task"),
    N_("clustering algorithm"),
    N_("it ends too early"), N_("a checksum is wrong"),
    N_("any"), N_("none"), N_("unknown"), N_("a single number"), N_("missing fields"),
    N_("Disk quota exceeded"), N_("No space left on device"), N_("No such file or directory"),
    N_("Permission denied"), N_("Read-only file system"),
)  # fmt: skip


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("aelab", LOCALE, [language], fallback=language == "en")


def first_language(*asked: str | None) -> str:
    """Return the first of some languages (`es`, `pt-BR`) that the lab speaks, else English."""
    for locale in asked:
        code = (locale or "").replace("_", "-").split("-")[0].lower()
        if code in LANGUAGES:
            return code
    return "en"


def _first_language() -> str:
    return first_language(st.query_params.get(_KEY), st.context.cookies.get(_COOKIE), st.context.locale)


def language() -> str:
    """Return the code of the language that is shown."""
    chosen = st.session_state.get(_KEY)
    return chosen if chosen in LANGUAGES else _first_language()


def pick_language() -> None:
    """Draw the language picker; the browser keeps what is chosen, for the next visit."""
    st.selectbox(
        "Language · Idioma · Língua",
        list(LANGUAGES),
        index=list(LANGUAGES).index(_first_language()),
        format_func=LANGUAGES.__getitem__,
        key=_KEY,
        persist_state="session",
        on_change=_say_anew,
    )
    _remember(language())


def _say_anew() -> None:
    """Let the address no longer ask for a language, and every choice on the page be told again in the new one.

    A browser keeps the words of what is chosen in a box, and would go on showing them.
    """
    st.query_params.pop(_KEY, None)  # a reload would go back to what the link asked for
    for key, value in st.session_state.items():
        if isinstance(value, str) and key != _KEY:
            st.session_state[key] = value


def _remember(shown: str) -> None:
    """Let the browser keep the language once it is another than would be shown without being asked for."""
    if _KEPT in st.session_state or shown != first_language(st.context.cookies.get(_COOKIE), st.context.locale):
        st.session_state[_KEPT] = True
        cookie = f"{_COOKIE}={shown}; path=/; max-age={_YEAR}; SameSite=Lax"
        st.html(f'<script>document.cookie = "{cookie}"</script>', unsafe_allow_javascript=True)


def t(message: str, /, **values: Any) -> str:
    """Return `message` in the language that is shown, with `{name}` replaced by values."""
    if not message:
        return ""  # gettext answers "" with the catalogue's header
    text = _catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def say(error: LabError) -> str:
    """Return an error's sentence in the language that is shown, safe to put into Markdown."""
    return t(error.template, **{name: _said(name, value) for name, value in error.values.items()})


def _said(name: str, value: Any) -> str:
    if isinstance(value, LabError):
        return say(value)
    return plain(t(str(value)) if name in _WORDS_IN else str(value))


def plain(text: str) -> str:
    """Escape text from users, so that Markdown shows it as it is.

    What looks like an address becomes a link even when it is escaped, hence the invisible word joiner in it. A name
    that is written from the right is kept apart, or it would turn the numbers and marks around it.
    """
    unlinked = re.sub(r"(?i)(www|://|@)", lambda found: f"{found[1]}\N{WORD JOINER}", text)
    escaped = "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|~<>$:&" else letter for letter in unlinked)
    if text.isascii() or not any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text):
        return escaped
    return f"\N{FIRST STRONG ISOLATE}{escaped}\N{POP DIRECTIONAL ISOLATE}"
