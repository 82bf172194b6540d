"""The settings in .streamlit/config.toml: all known to the pinned Streamlit, and colours that can be read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

SETTINGS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of ordinary size
CAPTION_OPACITY = 0.6  # how Streamlit draws captions


def options(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found = {}
    for key, value in table.items():
        found |= options(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def surfaces(mode: str) -> list[dict[str, str]]:
    main = SETTINGS["theme"][mode]
    return [main, main | main["sidebar"]]


def faded(colour: str, behind: str) -> str:
    mixed = (
        round(int(colour[i : i + 2], 16) * CAPTION_OPACITY + int(behind[i : i + 2], 16) * (1 - CAPTION_OPACITY))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{value:02x}" for value in mixed)


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_one_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # W3C's own example of too little


def test_streamlit_knows_every_setting() -> None:
    known = set(config.get_config_options())
    assert {name for name in options(SETTINGS) if name not in known} == set()


def test_the_lab_is_reachable_from_this_machine_only_until_told_otherwise() -> None:
    assert SETTINGS["server"]["address"] == "127.0.0.1"


def test_the_first_start_neither_asks_for_an_address_nor_reports_anything() -> None:
    assert SETTINGS["server"]["showEmailPrompt"] is False
    assert SETTINGS["browser"]["gatherUsageStats"] is False


def test_nothing_of_the_look_is_fetched_from_elsewhere() -> None:
    assert [value for value in options(SETTINGS).values() if isinstance(value, str) and "://" in value] == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_in_the_page_and_the_sidebar(mode: str) -> None:
    for colours in surfaces(mode):
        for behind in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
            assert contrast(colours["textColor"], behind) >= LEAST_CONTRAST
            assert contrast(faded(colours["textColor"], behind), behind) >= LEAST_CONTRAST
            assert contrast(colours["linkColor"], behind) >= LEAST_CONTRAST
        assert contrast(colours["codeTextColor"], colours["codeBackgroundColor"]) >= LEAST_CONTRAST
        assert (
            contrast(colours["dataframeHeaderTextColor"], colours["dataframeHeaderBackgroundColor"]) >= LEAST_CONTRAST
        )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_white_label_of_a_primary_button_can_be_read(mode: str) -> None:
    for colours in surfaces(mode):
        assert contrast("#ffffff", colours["primaryColor"]) >= LEAST_CONTRAST
        assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= 3.0  # WCAG 1.4.11, for controls
