"""Every view of a run whose codes are no numbers, or all the same: it says so and what to do, and stays usable."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from labs import TrainedLab, until
from onnx import helper
from seen import buttons, errors, words
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.jobs import folder
from aelab.jobs.folder import OPEN

NO_NUMBERS = "The encoder of run {run} gives codes that are no numbers. Train it again."
NO_MAP = "Every image has the same code, so there is no map: the run has learned nothing. Try another run."


def multiply_codes(lab: TrainedLab, model: str, factor: float) -> str:
    """Let the encoder of a run give its codes times a factor; return the id of the run."""
    run = runs.find(lab.runs[model])
    network = onnx.load(run.folder / "encoder.onnx")
    for output in network.graph.output:
        was, times = f"{output.name}/was", f"{output.name}/times"
        for node in network.graph.node:
            node.output[:] = [was if name == output.name else name for name in node.output]
        network.graph.initializer.append(helper.make_tensor(times, onnx.TensorProto.FLOAT, [1], [factor]))
        network.graph.node.append(helper.make_node("Mul", [was, times], [output.name]))
    onnx.save(network, run.folder / "encoder.onnx")
    return run.id


def opened(visit, run_id: str, view: str) -> AppTest:
    """Return a view of the Latent page, when its jobs are done."""
    page = visit("latent", run=run_id, view=view)
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    return page.run()


@pytest.mark.parametrize("view", ["map", "decode", "walks", "learned", "two", "clusters"])
def test_codes_that_are_no_numbers_are_refused_with_what_to_do(lab: TrainedLab, visit, workers, view: str) -> None:
    run = multiply_codes(lab, "vae", np.nan)
    page = opened(visit, run, view)
    assert errors(page) == [NO_NUMBERS.format(run=run)]
    page.selectbox(key="run").select(lab.runs["conv_ae"]).run()
    assert not errors(page)


@pytest.mark.parametrize(
    ("view", "model", "said"),
    [
        ("map", "vae", NO_MAP),
        ("two", "vae", NO_MAP),
        ("clusters", "vae", "Every image has the same code, so there is nothing to put into clusters"),
        ("walks", "conv_ae", "All N = 359 test images have the same code"),
        ("learned", "vae", "Not one of the 2 dimensions is used"),
    ],
)
def test_codes_that_are_all_the_same_are_said_to_be(
    lab: TrainedLab, visit, workers, view: str, model: str, said: str
) -> None:
    page = opened(visit, multiply_codes(lab, model, 0.0), view)
    assert said in words(page)
    assert "-0 " not in words(page)
    assert "-0.00" not in words(page)


def test_the_one_place_that_all_images_have_is_decoded(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=multiply_codes(lab, "vae", 0.0), view="decode")
    assert not errors(page)
    assert "What the decoder makes of (0.00, 0.00)" in words(page)
    assert buttons(page)
