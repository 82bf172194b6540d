"""A formula beside the code: every symbol leads to a line that has it, and every term to a part that is logged."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import aelab
from aelab.models import models
from aelab.models._variational import CODE
from aelab.models.equations import line_of
from aelab.models.spec import ModelSpec, Symbol
from aelab.noise.corruption import Corruption

ALL = [pytest.param(spec, id=spec.name) for spec in models]
SYMBOLS = [pytest.param(spec, symbol, id=f"{spec.name}-{symbol.latex}") for spec in models for symbol in spec.symbols]
ADVERSARIAL = [pytest.param(spec, id=spec.name) for spec in models if spec.opponent]
LOSS = r"\mathcal{L}"  # its meaning is the sentence below the equation
KNOWN_FROM_SCHOOL = {"frac", "sum", "prod", "max", "log", "quad", "big", "Big", "top", "partial"}
LETTER = r"\\(?:mathcal|mathbb|mathrm|hat|tilde|bar)\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z]"


def letters(latex: str) -> set[str]:
    """Return the letters and named operators of a formula, each with its index, and the letters in an index."""
    found = set()
    for whole, base, index in re.findall(rf"(({LETTER})(?:_({LETTER}))?)", latex):
        if base.removeprefix("\\") not in KNOWN_FROM_SCHOOL:
            found |= {whole, index}
    return found - {""}


def function_around(file: str, line: int) -> str:
    tree = ast.parse((Path(aelab.__file__).parent / file).read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return next((each.name for each in functions if each.lineno <= line <= (each.end_lineno or 0)), "")


def test_letters_are_told_apart_by_what_they_wear() -> None:
    assert letters(r"-\log D_\ell(\hat{x}_d) \,\|\, \mathcal{N}(0, I)") == {
        r"D_\ell", r"\ell", r"\hat{x}_d", "d", r"\mathcal{N}", "I"
    }  # fmt: skip


@pytest.mark.parametrize("spec", ALL)
def test_every_letter_of_an_equation_has_a_meaning(spec: ModelSpec) -> None:
    explained = set().union(*(letters(symbol.latex) for symbol in spec.symbols))
    assert letters(spec.equation) - {LOSS} <= explained


@pytest.mark.parametrize(("spec", "symbol"), SYMBOLS)
def test_every_symbol_stands_in_its_equation(spec: ModelSpec, symbol: Symbol) -> None:
    alone = r"(?<![A-Za-z\\])" if symbol.latex[0].isalpha() else ""  # not the x of \max
    assert re.search(alone + re.escape(symbol.latex) + r"(?![A-Za-z])", spec.equation)


@pytest.mark.parametrize("spec", ALL)
def test_no_symbol_is_explained_twice(spec: ModelSpec) -> None:
    assert len({symbol.latex for symbol in spec.symbols}) == len(spec.symbols)


@pytest.mark.parametrize(("spec", "symbol"), SYMBOLS)
def test_a_symbol_that_names_a_function_leads_into_it(spec: ModelSpec, symbol: Symbol) -> None:
    file, _, name = symbol.where.rpartition(":")
    found = line_of(spec, symbol)
    assert found is not None
    assert not name or function_around(found.file, found.number) == name
    assert not file or found.file == file


@pytest.mark.parametrize("spec", ALL)
def test_an_image_what_is_given_and_what_is_made_of_it_are_three_lines(spec: ModelSpec) -> None:
    lines = [line_of(spec, symbol) for symbol in spec.symbols if symbol.latex in {"x", r"\tilde{x}", r"\hat{x}"}]
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("spec", ADVERSARIAL)
def test_each_side_has_a_loss_of_its_own_and_a_line_of_it(spec: ModelSpec) -> None:
    assert spec.opponent is not None
    for name, computed_by in ((r"\mathcal{L}_G", spec.losses), (r"\mathcal{L}_D", spec.opponent.losses)):
        assert rf"{name} = " in spec.equation
        (symbol,) = (each for each in spec.symbols if each.latex == name)
        assert symbol.where == computed_by.__name__
    verdicts = {line_of(spec, each) for each in spec.symbols if re.fullmatch(r"D\(.*\)", each.latex)}
    assert len(verdicts) == 2


@pytest.mark.parametrize("spec", [pytest.param(spec, id=spec.name) for spec in models if spec.denoises])
def test_what_the_images_of_training_are_put_through_is_a_symbol(spec: ModelSpec) -> None:
    assert "corruption" in {symbol.setting for symbol in spec.symbols}


@pytest.mark.parametrize(("spec", "symbol"), SYMBOLS)
def test_every_symbol_leads_to_a_line_of_the_code_that_has_it(spec: ModelSpec, symbol: Symbol) -> None:
    found = line_of(spec, symbol)
    assert found is not None
    lines = (Path(aelab.__file__).parent / found.file).read_text().splitlines()
    assert lines[found.number - 1].strip() == found.text
    assert symbol.code in found.text
    assert not found.text.startswith("if ")  # that asks for it, and does nothing with it


def test_the_variational_families_draw_their_codes_in_one_line() -> None:
    assert len({line_of(models[name], CODE) for name in ("vae", "cvae", "beta_tcvae", "vae_gan")}) == 1


@pytest.mark.parametrize(("spec", "symbol"), SYMBOLS)
def test_a_symbol_that_is_a_setting_is_one_that_the_form_has_or_that_it_makes(spec: ModelSpec, symbol: Symbol) -> None:
    if symbol.setting is not None:
        made = isinstance(getattr(spec.config(), symbol.setting), Corruption)
        assert made != (symbol.setting in spec.config.names())


@pytest.mark.parametrize("spec", ALL)
def test_what_weighs_the_loss_is_a_symbol_of_its_equation(spec: ModelSpec) -> None:
    weights = {"beta", "weight", "sparsity", "free_bits"} & set(spec.config.names())
    assert weights <= {symbol.setting for symbol in spec.symbols}
    assert spec.equation.startswith(rf"{LOSS}_G = " if spec.opponent else f"{LOSS} = ")


def test_a_symbol_that_is_nowhere_has_no_line() -> None:
    assert line_of(models["vae"], Symbol("q", "nothing", "not_in_the_code")) is None
