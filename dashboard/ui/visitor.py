"""Who is looking: a random name that the browser keeps, so that one's jobs stay one's own after a reload.

The name is the visitor's secret.  What stands in jobs is made of it and does not lead back.  Without
cookies it lasts as long as the tab is open.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time

import streamlit as st

from aelab.errors import LabError
from aelab.jobs import people
from aelab.jobs.people import Person
from aelab.runs import owners
from ui.i18n import say, t

_COOKIE = "aelab_visitor"
_SECRET, _TEACHER = "visitor.secret", "visitor.teacher"
_FORM = re.compile(r"[0-9a-f]{32}")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_YEAR = 365 * 24 * 3600
_SECONDS_FOR_A_GUESS = 1.0


def person() -> Person:
    """Return who is looking, as the queue knows them.

    On a server that only its own computer reaches, and whose settings name no teacher, everybody may
    do what they could from a shell as well: a student who is alone cancels what they like.
    """
    alone = not people.has_teacher() and st.get_option("server.address") in _LOOPBACK
    return Person(owner(), teacher=alone or (people.has_teacher() and _TEACHER in st.session_state))


def owner() -> str:
    """Return what stands in the jobs that this visitor asks for."""
    return hashlib.blake2b(_secret().encode(), digest_size=8, person=b"aelab-owner").hexdigest()


def refusal(run_id: str, *, losing: bool = False) -> LabError | None:
    """Return why this visitor may not change a run, or may not let others lose it; None if they may."""
    return owners.objection(run_id, owners.of(run_id), person(), losing=losing)


def say_refusal(run_id: str, *, losing: bool = False) -> None:
    """Say on the page whose choice it is what becomes of a run, if it is not this visitor's."""
    refused = refusal(run_id, losing=losing)
    if refused is not None:
        st.caption(say(refused))


def remember() -> None:
    """Let the browser keep the name of a visitor who comes for the first time."""
    if _secret() != _kept():
        cookie = f"{_COOKIE}={_secret()}; path=/; max-age={_YEAR}; SameSite=Lax"
        st.html(f'<script>document.cookie = "{cookie}"</script>', unsafe_allow_javascript=True)


def offer_teacher() -> None:
    """Draw the way in for the teacher, where the server's settings have a token for one."""
    if not people.has_teacher():
        return
    if _TEACHER in st.session_state:
        st.caption(t("You are here as the teacher."))
        return
    with st.popover(t("Teacher"), icon=":material/key:"):
        given = st.text_input(t("Token from the server's settings"), type="password", key="visitor.token")
        if not given:
            return
        if people.is_token(given):
            st.session_state[_TEACHER] = True
            st.rerun()
        time.sleep(_SECONDS_FOR_A_GUESS)
        st.error(t("This is not the token of this server."), icon=":material/error:")


def _secret() -> str:
    if _SECRET not in st.session_state:
        st.session_state[_SECRET] = _kept() if _FORM.fullmatch(_kept()) else secrets.token_hex(16)
    name: str = st.session_state[_SECRET]
    return name


def _kept() -> str:
    """Return what the browser has kept, whatever that is."""
    return str(st.context.cookies.get(_COOKIE, ""))
