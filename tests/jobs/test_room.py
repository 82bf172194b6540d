"""How much runs at once: no more than the memory that the settings, or the computer, allow."""

from __future__ import annotations

import os
from types import SimpleNamespace

import psutil
import pytest

from aelab.jobs import executor, room
from aelab.jobs.folder import Row
from aelab.jobs.job import Expected, Job, Status

GIB = 1 << 30


def job(gib: float | None, kind: str = "train") -> Job:
    return Job("job", kind, {}, 0.0, expected=Expected(memory_bytes=None if gib is None else int(gib * GIB)))


def at_work(gib: float, taken: float = 0.0) -> Row:
    return Row(job(gib), Status("running", memory_bytes=int(taken * GIB)))


@pytest.mark.parametrize(("limit", "fits"), [("3", True), ("2.9", False), ("3.5", True)])
def test_the_memory_of_all_workers_is_limited_by_the_setting(
    monkeypatch: pytest.MonkeyPatch, limit: str, fits: bool
) -> None:
    monkeypatch.setenv("AELAB_MEMORY", limit)
    assert room.fits(job(1), [at_work(1.5), at_work(0.5)]) == fits


@pytest.mark.parametrize("asked", ["", "0", "-1", "much", "nan", "inf"])
def test_a_limit_that_makes_no_sense_is_as_if_not_set(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setenv("AELAB_MEMORY", asked)
    assert room.memory_limit() is None


def test_without_a_limit_it_is_what_is_available_but_for_what_others_are_about_to_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AELAB_MEMORY", raising=False)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=3 * GIB))
    assert room.fits(job(2), [])
    assert not room.fits(job(3), [])  # something stays for the server
    assert room.fits(job(1), [at_work(4, taken=3.5)])
    assert not room.fits(job(1), [at_work(4, taken=2)])
    assert room.fits(job(2), [at_work(1, taken=5)])  # one that took more than expected promises nothing back


def test_a_job_of_which_nothing_is_known_is_counted_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_MEMORY", "1.2")
    assert room.fits(job(None), [])
    assert not room.fits(job(None), [Row(job(None), Status("running"))])


@pytest.mark.parametrize(("workers", "threads"), [("1", 8), ("2", 4), ("3", 2), ("20", 1)])
def test_workers_share_the_cores(monkeypatch: pytest.MonkeyPatch, workers: str, threads: int) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setenv("AELAB_WORKERS", workers)
    assert room.threads() == threads
    assert set(executor._threads().values()) == {str(threads)}
