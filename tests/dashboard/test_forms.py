"""Forms made from configs: every kind of field that a config can have gets its control."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from seen import words
from streamlit.testing.v1 import AppTest

from aelab.fields import Config, field

FORM = """
import streamlit as st
from test_forms import Everything
from ui.forms import config_form

usual = Everything(count=st.session_state.get("usual", 7))
st.json(config_form(Everything, "form", usual=usual))
"""


@dataclass(frozen=True)
class Everything(Config):
    """A field of each kind, bounded and not."""

    count: int = field(7, "Count", "How many.")
    bounded: int = field(3, "Bounded", "From one side.", low=1)
    share: float = field(-0.5, "Share", "Of anything.", high=1.5)
    both: int = field(5, "Both", "Between two.", low=1, high=9)
    path: str = field("here", "Path", "Where it is.")


@pytest.fixture
def form() -> AppTest:
    page = AppTest.from_string(FORM).run()
    words(page)
    return page


def answer(page: AppTest) -> str:
    words(page)
    return str(page.json[0].value)


def test_a_field_without_bounds_takes_any_number(form: AppTest) -> None:
    form.number_input(key="form.count").set_value(-123456789).run()
    form.number_input(key="form.share").set_value(-1e30).run()
    assert '"count": -123456789' in answer(form)
    assert '"share": -1e+30' in answer(form)


def test_a_bound_on_one_side_is_kept(form: AppTest) -> None:
    assert form.number_input(key="form.bounded").min == 1
    assert form.number_input(key="form.share").max == 1.5
    assert form.number_input(key="form.both").help == "Between two. From 1 to 9. (`both`)"


def test_text_is_typed_into_a_field_of_text(form: AppTest) -> None:
    field = form.text_input(key="form.path")
    assert (field.label, field.value) == ("Path", "here")
    field.input("there").run()
    assert '"path": "there"' in answer(form)


def test_a_control_follows_its_default_until_somebody_moves_it(form: AppTest) -> None:
    form.session_state["usual"] = 9
    form.run()
    assert form.number_input(key="form.count").value == 9
    form.number_input(key="form.count").set_value(20).run()
    form.session_state["usual"] = 11
    form.run()
    assert form.number_input(key="form.count").value == 20
