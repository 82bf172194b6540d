"""What every study promises, whichever it is."""

from __future__ import annotations

import dataclasses

import pytest
from labs import drawn_shapes

from aelab.fields import Config
from aelab.studies import studies
from aelab.studies.spec import StudySpec

each_study = pytest.mark.parametrize("spec", list(studies), ids=lambda spec: spec.name)


@each_study
def test_it_answers_with_its_defaults(spec: StudySpec, opened) -> None:
    networks, dataset = opened("vae")
    if spec.name == "disentanglement":  # it asks for images whose causes are known
        dataset = drawn_shapes()
    subject = (dataset,) if spec.subject == "dataset" else (networks, dataset)
    answer = spec.run(*subject, spec.config())
    assert dataclasses.is_dataclass(answer)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(answer, dataclasses.fields(answer)[0].name, None)


@each_study
def test_it_says_what_it_asks(spec: StudySpec) -> None:
    assert spec.label
    assert spec.question.endswith("?")
    assert issubclass(spec.config, Config)
    assert spec.config.parse(spec.config().to_json()) == spec.config()
    for name in spec.config.names():
        assert spec.config.knob(name).help.endswith(".")
