"""A formula beside the code: every symbol leads to a line that has it, and every term to a part that is logged."""

from __future__ import annotations

from pathlib import Path

import pytest

import aelab
from aelab.models import models
from aelab.models.equations import line_of
from aelab.models.spec import ModelSpec, Symbol

ALL = [pytest.param(spec, id=spec.name) for spec in models]
SYMBOLS = [pytest.param(spec, symbol, id=f"{spec.name}-{symbol.code}") for spec in models for symbol in spec.symbols]


@pytest.mark.parametrize(("spec", "symbol"), SYMBOLS)
def test_every_symbol_leads_to_a_line_of_the_code_that_has_it(spec: ModelSpec, symbol: Symbol) -> None:
    found = line_of(spec, symbol)
    assert found is not None
    lines = (Path(aelab.__file__).parent / found.file).read_text().splitlines()
    assert lines[found.number - 1].strip() == found.text
    assert symbol.code in found.text


@pytest.mark.parametrize(("spec", "symbol"), SYMBOLS)
def test_a_symbol_that_is_a_setting_is_one_that_the_form_has(spec: ModelSpec, symbol: Symbol) -> None:
    if symbol.setting is not None:
        assert symbol.setting in spec.config.names()


@pytest.mark.parametrize("spec", ALL)
def test_what_weighs_the_loss_is_a_symbol_of_its_equation(spec: ModelSpec) -> None:
    weights = {"beta", "weight", "sparsity", "free_bits"} & set(spec.config.names())
    assert weights <= {symbol.setting for symbol in spec.symbols}
    assert spec.equation.startswith(r"\mathcal{L} = ")


def test_a_symbol_that_is_nowhere_has_no_line() -> None:
    assert line_of(models["vae"], Symbol("q", "nothing", "not_in_the_code")) is None
