"""The figure of a matrix: room for its labels, and colours that do not exaggerate."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from aelab.noise import noises
from aelab.studies.matrix import Config
from ui.denoise import heat_map


def test_labels_of_many_rows_and_columns_have_room() -> None:
    columns = Config(severities="1,3,5").columns
    names = [noises[column.noise.names[0]].label for column in columns]
    rows = [heat_map.wrapped("a-run-of-mine-20261121-120000", "Gaussian noise 0.3, then Salt and pepper noise 0.1")] * 8
    values = np.linspace(24.2, 24.4, 8 * 33).reshape(8, 33)
    text = np.full(values.shape, "24.3")
    heat = heat_map.Heat(rows, columns, names, values, text, text, centred=False, span=5.0)
    figure = heat_map.figure(heat, None, title="PSNR", x="Noise", y="Run").to_plotly_json()
    lines = rows[0].count("<br>") + 1
    assert lines >= 3
    assert figure["layout"]["height"] >= 8 * lines * 16
    assert heat.phone_width >= 33 * 20
    assert "text" not in figure["data"][0]  # no room for numbers
    assert figure["data"][0]["zmax"] - figure["data"][0]["zmin"] == pytest.approx(5)
    few = dataclasses.replace(heat, columns=columns[:3], noises=names[:3], values=values[:, :3], text=text[:, :3])
    assert "text" in heat_map.figure(few, None, title="PSNR", x="Noise", y="Run").to_plotly_json()["data"][0]
