"""AE Lab's dashboard: `streamlit run dashboard/app.py`.  Page list and nothing else."""

from pathlib import Path

import streamlit as st

from ui import address, guards, i18n, lab, lost, visitor
from ui.i18n import t

ICON = Path(__file__).with_name("icon.png")
STYLE = Path(__file__).with_name("style.css")

st.set_page_config(page_title="AE Lab", page_icon=str(ICON), layout="wide", initial_sidebar_state=220)
st.html(STYLE)

with st.sidebar:
    i18n.pick_language()
    visitor.offer_teacher()
    visitor.remember()

pages = [
    st.Page("views/home.py", title=t("Home"), icon=":material/home:", default=True),
    st.Page("views/datasets.py", title=t("Datasets"), icon=":material/photo_library:"),
    st.Page("views/clean.py", title=t("Clean"), icon=":material/cleaning_services:"),
    st.Page("views/prepare.py", title=t("Prepare"), icon=":material/tune:"),
    st.Page("views/train.py", title=t("Train"), icon=":material/model_training:"),
    st.Page("views/time_machine.py", url_path="time-machine", title=t("Time machine"), icon=":material/history:"),
    st.Page("views/denoise.py", title=t("Denoise"), icon=":material/blur_off:"),
    st.Page("views/latent.py", title=t("Latent"), icon=":material/scatter_plot:"),
    st.Page("views/reports.py", title=t("Reports"), icon=":material/leaderboard:"),
    st.Page("views/compare.py", title=t("Compare"), icon=":material/compare_arrows:"),
]

page = st.navigation([*pages, *lost.pages(pages)])
address.turn_to(page.url_path)
with guards.guarded():
    lab.open_lab()
    page.run()
