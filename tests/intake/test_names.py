"""Names from strangers: shown as they are meant, and never a path."""

import unicodedata

import pytest

from aelab.intake.names import cleaned, parts_of, printable


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("apples/1.png", ("apples", "1.png")),
        ("../../etc/1.png", ("etc", "1.png")),
        ("/etc/1.png", ("etc", "1.png")),
        ("C:\\Users\\me\\1.png", ("Users", "me", "1.png")),
        ("c:1.png", ("1.png",)),
        ("\\\\server\\share\\1.png", ("server", "share", "1.png")),
        ("./apples//./1.png", ("apples", "1.png")),
        ("apples/CON/aux.png", ("apples", "CON", "aux.png")),
    ],
)
def test_a_path_is_a_list_of_names_and_leads_nowhere(path: str, parts: tuple[str, ...]) -> None:
    assert parts_of(path) == parts


@pytest.mark.parametrize(
    "path",
    [
        "__MACOSX/apples/._1.png",
        "apples/.DS_Store",
        "apples/Thumbs.db",
        "apples/THUMBS.DB",
        ".git/x.png",
        "",
        "/",
        "..",
    ],
)
def test_what_systems_leave_lying_about_is_passed_over(path: str) -> None:
    assert parts_of(path) is None


def test_one_letter_written_in_two_ways_is_one_name() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Äpfel/süß.png") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert parts_of(composed) == parts_of(decomposed) == ("Äpfel", "süß.png")


def test_capitals_are_another_name() -> None:
    assert parts_of("Apples/1.png") != parts_of("apples/1.png")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo\u202egnp.exe", "photognp.exe"),
        ("\u2066a\u2069\u200e\u200fb\u061c", "ab"),
        ("line\nbreak\ttab\x00nul\x1b[31mred\x9b", "linebreaktabnul[31mred"),
        ("family 👨‍👩‍👧.png", "family 👨‍👩‍👧.png"),
        ("می‌خواهم.jpg", "می‌خواهم.jpg"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("not \udcff utf-8", "not ? utf-8"),
    ],
)
def test_characters_that_mislead_are_removed_and_those_that_languages_need_stay(name: str, shown: str) -> None:
    assert cleaned(name) == printable(name) == shown


def test_a_name_of_nothing_that_can_be_seen_is_a_question_mark() -> None:
    assert parts_of("\u202e/1.png") == ("?", "1.png")


def test_the_middle_of_a_very_long_name_is_left_out() -> None:
    shown = printable("a" * 60_000 + "/holiday.jpeg")
    assert len(shown) == 160
    assert shown.startswith("aaaa")
    assert shown.endswith("a/holiday.jpeg")
    assert "…" in shown
    assert printable(shown) == shown
