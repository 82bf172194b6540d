"""What did the network learn, epoch by epoch?"""

import streamlit as st

from aelab import runs
from aelab.jobs.folder import OPEN
from aelab.studies import time_machine
from ui import film, film_export, lanes, player
from ui.guards import guarded
from ui.i18n import t
from ui.pickers import pick_two_in_step

_SECONDS_BETWEEN_LOOKS = 3.0  # at a training that goes on

st.title(t("Time machine"))
st.caption(t(time_machine.QUESTION))
controls, main = st.columns([1, 3], gap="large")

with controls:
    player.open_at_asked()
    chosen = pick_two_in_step()
    working = any(runs.status(run).state in OPEN for run in chosen)

with main:
    begun = lanes.begun(chosen)
opened = [lanes.open_lane(run) for run in begun]
playable = lanes.epochs_of(opened)
if len(playable) > 1:
    with controls:
        player.controls(playable)


@st.fragment(run_every=player.tick() or (_SECONDS_BETWEEN_LOOKS if working else None))
def panel() -> None:
    """Draw the runs after an epoch; again at every tick, and while one of them goes on."""
    with guarded():
        if working and all(runs.status(run).state not in OPEN for run in chosen):
            st.rerun()
        now = [lanes.open_lane(run) for run in begun]
        epochs = lanes.epochs_of(now)
        if (len(epochs) > 1) != (len(playable) > 1):  # there is something to play now
            st.rerun()
        answer = st.container()
        epoch = player.pick_epoch(epochs, lanes.say_single(now))
        with answer:
            film.say_all(now, epoch)
        film.show_all(now, epoch)


with main:
    panel()
    for lane in opened:
        film_export.offer(lane)
