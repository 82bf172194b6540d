"""Ask the decoder: what lives at this position of the latent space?"""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.errors import LabError
from aelab.inference import Codes, Inference
from aelab.pixels import Images
from aelab.runs import Run
from aelab.studies import decoding
from aelab.studies.decoding import Surroundings
from ui import caches, charts, drawn, mosaic, told
from ui.i18n import t
from ui.latent import typed
from ui.latent.walks import words
from ui.numbers import fixed

_X, _Y = "decode.x", "decode.y"
_STEPS = 15
_DRAWN = 20


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the decoder's answer at a position chosen in `controls`, in `main`."""
    networks = caches.networks(run)
    with controls:
        label = told.pick_class(run)
    with main, st.spinner(t("Encoding the test images…")):
        around = caches.surroundings(run)
    if not networks.encodes:
        with main:
            _show_draws(run)
    if networks.latent_dim == 2:
        _plane(run, networks, around, label, controls, main)
    else:
        _walk(run, networks, around, label, controls, main)


def _show_draws(run: Run) -> None:
    """Say what there is instead of a map, and draw from the prior."""
    st.info(
        t(
            "This run has no encoder: no image has a place in its latent space, and there is no map. What its decoder "
            "makes of any position is here."
        ),
        icon=":material/info:",
    )
    mosaic.show(
        drawn.samples(run, _DRAWN, 0),
        _DRAWN // 2,
        alt=t("Images drawn from the prior of {run}", run=run.id),
        caption=t("Samples: what draws of the prior decode to"),
    )


def _plane(
    run: Run,
    networks: Inference,
    around: Surroundings,
    label: int | None,
    controls: DeltaGenerator,
    main: DeltaGenerator,
) -> None:
    """Decode any position of a two-dimensional latent space: typed, slid or clicked."""
    half = float(np.ceil(max(1.0, around.extent)))  # a square around nearly all codes
    reach = max(8.0, 2 * half)
    with controls:
        typed.ask(run, partial(_read_typed, reach), t("Two numbers with a comma between them."))
        for key, name in ((_X, "x"), (_Y, "y")):
            st.session_state[key] = float(np.clip(st.session_state.get(key, 0.0), -reach, reach))
            st.slider(name, -reach, reach, step=0.05, key=key, on_change=typed.forget)
    position = (st.session_state[_X], st.session_state[_Y])
    code = np.array([position], np.float32)
    with main:
        _answer(
            networks.decode(code, label)[0],
            around,
            code,
            t("What the decoder makes of ({x}, {y})", x=f"{position[0]:.2f}", y=f"{position[1]:.2f}"),
        )
        st.markdown(
            t("Each tile is what the decoder makes of the point in its middle. **Click anywhere to decode it.**")
        )
        st.plotly_chart(
            charts.decodable_grid(
                caches.decoded_plane(run, _grid_config(half, label)),
                half,
                position,
                title=t("The decoded plane"),
                axes=(t("First latent dimension"), t("Second latent dimension")),
                point=t("decoded position"),
            ),
            key="decode.plane",
            on_select=_read_click,
            selection_mode="points",
            alt=t("A grid of decoded images over the two latent dimensions"),
        )


def _walk(
    run: Run,
    networks: Inference,
    around: Surroundings,
    label: int | None,
    controls: DeltaGenerator,
    main: DeltaGenerator,
) -> None:
    """Walk along one dimension of a larger latent space, from a typed position or the mean code of the test images."""
    spread = around.spread
    order = np.argsort(-spread)
    with controls:
        base = typed.position(run)
        dimension = st.selectbox(
            t("Latent dimension"),
            [int(each) for each in order],
            format_func=lambda each: t("{number} (spread {spread})", number=each + 1, spread=fixed(spread[each], 2)),
            help=t("Those that vary most over the test images come first.") if networks.encodes else None,
            key="decode.dimension",
        )
        reach = float(np.ceil(3 * max(spread[dimension], 1e-3)))
        away = t("Away from the mean code") if networks.encodes else t("Away from the middle of the prior")
        away = away if base is None else t("Away from the position")
        value = st.slider(away, -reach, reach, 0.0, reach / 50, key=f"decode.value.{dimension}")
    steps = np.linspace(-reach, reach, 11, dtype=np.float32)
    walk = np.repeat(around.mean[None] if base is None else base, len(steps) + 1, axis=0).astype(np.float32)
    walk[:, dimension] += np.append(steps, np.float32(value))
    images = networks.decode(walk, label)
    with main:
        _answer(images[-1], around, walk[-1:], t("Decoded at {value}", value=f"{value:+.2f}"))
        way = {"number": dimension + 1, "low": f"{-reach:g}", "high": f"{reach:g}"}
        if base is not None:
            moved = t("The position, moved along dimension {number} from {low} to {high}:", **way)
        elif networks.encodes:
            moved = t(
                "The mean code of N = {count} test images, moved along dimension {number} from {low} to {high}:",
                count=len(around.codes),
                **way,
            )
        else:
            moved = t("The middle of the prior, moved along dimension {number} from {low} to {high}:", **way)
        st.markdown(moved)
        mosaic.show(images[:-1], len(steps), alt=t("A row of decoded images along one latent dimension"))
        st.caption(t("Train a run with a latent dimension of 2 to see and click the whole plane."))


def _answer(image: Images, around: Surroundings, code: Codes, caption: str) -> None:
    """Draw the decoded image, and state how far the position is from real ones: far from data is made up."""
    with st.container(horizontal=True, vertical_alignment="center"):
        mosaic.show_one(image, alt=t("The decoded image"))
        st.markdown(f"**{caption}**  \n{words.distance(around, code)}")


def _grid_config(half: float, label: int | None) -> decoding.Config:
    """Return a grid whose tiles fill the square from -half to half: their middles are half a tile inside."""
    edge = half - half / _STEPS
    return decoding.Config(x_low=-edge, x_high=edge, y_low=-edge, y_high=edge, steps=_STEPS, label=label or 0)


def _read_typed(reach: float) -> None:
    """Go to the position that was typed, where it is one and lies on the plane."""
    x, y = decoding.parse_position(st.session_state[typed.KEY], 2)[0]
    if max(abs(x), abs(y)) > reach:
        raise LabError(
            "Both numbers must be from {low} to {high}, where there may be codes; the position is {value}.",
            low=-reach,
            high=reach,
            value=repr(st.session_state[typed.KEY][:60]),
        )
    st.session_state[_X], st.session_state[_Y] = float(x), float(y)


def _read_click() -> None:
    points = st.session_state["decode.plane"]["selection"]["points"]
    if points:
        st.session_state[_X], st.session_state[_Y] = float(points[0]["x"]), float(points[0]["y"])
        typed.forget()
