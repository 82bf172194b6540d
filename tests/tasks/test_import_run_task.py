"""A run comes in by a real worker: whole and marked, or not at all and with the reason."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab, taken_lane, until

from aelab import inference, runs
from aelab.datasets import store
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.folder import Status
from aelab.pixels import to_unit
from aelab.runs import Run, about, transfer
from aelab.tasks import import_run


@pytest.fixture
def zipped(lab: TrainedLab) -> bytes:
    """Return the export of the lab's VAE, which is then deleted."""
    run = runs.find(lab.runs["vae"])
    content = io.BytesIO()
    transfer.export(run, inference.load(run).shape, content)
    runs.delete(run.id)
    return content.getvalue()


def repacked(content: bytes, name: str, data: bytes) -> bytes:
    """Return an export with another file under a name, and digests that are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {member: archive.read(member) for member in archive.namelist()} | {name: data}
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name]["blake2b"] = hashlib.blake2b(data).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for member, each in files.items():
            archive.writestr(member, each)
    return made.getvalue()


def without_a_number(content: bytes) -> bytes:
    """Return an export in which a weight is NaN."""
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        np.load(io.BytesIO(archive.read("model.weights.npz"))) as stored,
    ):
        arrays = {name: stored[name] for name in stored.files}
    arrays["decoder_0"][0, 0] = np.nan
    weights = io.BytesIO()
    np.savez(weights, **arrays)
    return repacked(content, "model.weights.npz", weights.getvalue())


def newer(content: bytes) -> bytes:
    """Return an export whose config has a field that only a newer lab knows."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        config = json.loads(archive.read("config.json"))
    return repacked(content, "config.json", json.dumps(config | {"epoch_count": 3}).encode())


def ended(content: bytes, name: str = "run.zip") -> Status:
    """Bring a file and return how its job ended."""
    return queue.wait(import_run.submit(name, io.BytesIO(content)), lambda now: None)


def uploads() -> list[Path]:
    root = jobs.root().parent / "cache" / "uploads"
    return list(root.iterdir()) if root.exists() else []


def test_a_brought_run_reconstructs_whatever_onnx_it_came_with(lab: TrainedLab, zipped: bytes) -> None:
    images = to_unit(store.open_dataset("digits").images[:4])
    runs.restore(lab.runs["vae"])
    expected = inference.load(runs.find(lab.runs["vae"])).reconstruct(images)
    runs.delete(lab.runs["vae"])
    job = import_run.submit("run.zip", io.BytesIO(repacked(zipped, "decoder.onnx", b"a trap")))
    assert queue.wait(job, lambda now: None).state == "done"
    run = runs.find(import_run.result(job))
    assert run.id == lab.runs["vae"]
    assert about.read(run.id).imported
    np.testing.assert_allclose(inference.load(run).reconstruct(images), expected, atol=1e-5)
    assert uploads() == []


def test_a_layer_that_is_no_number_is_named_and_nothing_appears(lab: TrainedLab, zipped: bytes) -> None:
    status = ended(without_a_number(zipped))
    assert status.state == "failed"
    assert "The weights of the layer decoder dense" in str(status.error)
    assert "are damaged: 1 of" in str(status.error)
    assert lab.runs["vae"] not in {row.id for row in runs.listed()}
    assert [path.name for path in runs.root().iterdir() if path.is_dir() and path.name.startswith(".")] == []
    assert uploads() == []


def test_a_run_that_failed_to_come_in_can_be_brought_again(lab: TrainedLab, zipped: bytes) -> None:
    assert "are damaged" in str(ended(without_a_number(zipped)).error)
    assert "are damaged" in str(ended(without_a_number(zipped)).error)
    assert ended(zipped).state == "done"
    runs.delete(lab.runs["vae"])
    assert ended(zipped).state == "done"  # the same file, whose job was done before


def test_two_who_bring_the_same_file_at_once_bring_one_run(lab: TrainedLab, zipped: bytes) -> None:
    first = import_run.submit("run.zip", io.BytesIO(zipped))
    second = import_run.submit("run.zip", io.BytesIO(zipped))
    assert first.id == second.id
    assert queue.wait(first, lambda now: None).state == "done"
    assert [row.id for row in runs.listed()].count(lab.runs["vae"]) == 1


def refused(name: str, content: bytes) -> str:
    """Bring a file that is refused before it becomes a job; return why, and make sure that nothing is left of it."""
    before = jobs.all_jobs()
    with pytest.raises(LabError) as caught:
        import_run.submit(name, io.BytesIO(content))
    assert jobs.all_jobs() == before
    assert uploads() == []
    return str(caught.value)


def test_what_is_no_run_of_this_lab_never_becomes_a_job(lab: TrainedLab, zipped: bytes) -> None:
    assert "which the lab never loads as a model" in refused("run.zip", b"\x89HDF\r\n\x1a\n" + bytes(100))
    for content in (b"", b"just text", zipped[: len(zipped) // 2]):
        assert refused("My run.zip", content).startswith("My run.zip is no exported run: it is not a zip file, or not")
    pictures = io.BytesIO()
    with zipfile.ZipFile(pictures, "w") as archive:
        archive.writestr("cat.png", b"")
    assert "holds cat.png, which is no part of an exported run" in refused("run.zip", pictures.getvalue())
    assert "fields that this lab does not know: 'epoch_count'" in refused("run.zip", newer(zipped))
    runs.restore(lab.runs["vae"])
    assert refused("run.zip", zipped) == f"Run {lab.runs['vae']} is already here; delete it first to take in this one."


def test_a_run_that_would_not_fit_into_memory_never_becomes_a_job(
    lab: TrainedLab, zipped: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_MEMORY", "0.1")
    assert f"Building the networks of {lab.runs['vae']} would take about 0." in refused("run.zip", zipped)


def test_a_run_comes_in_while_trainings_take_all_the_room(
    lab: TrainedLab, zipped: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    with taken_lane("train"):
        assert ended(zipped).state == "done"


def test_two_files_of_one_name_are_told_apart_by_the_run_inside(lab: TrainedLab, zipped: bytes) -> None:
    job = import_run.submit("run.zip", io.BytesIO(zipped))
    assert job.params["run"] == lab.runs["vae"]
    assert (job.expected.memory_bytes or 0) > 0
    queue.wait(job, lambda now: None)


def test_an_import_that_is_cancelled_leaves_nothing(lab: TrainedLab, zipped: bytes) -> None:
    job = import_run.submit("run.zip", io.BytesIO(zipped))
    until(lambda: jobs.status(job).state != "queued")
    queue.cancel(job.id)
    assert queue.wait(job, lambda now: None).state == "cancelled"
    assert lab.runs["vae"] not in {row.id for row in runs.listed()}


def sent_away_and_brought_back(run_id: str) -> Run:
    """Export a run, delete it, and import it by a worker."""
    run = runs.find(run_id)
    content = io.BytesIO()
    transfer.export(run, inference.load(run).shape, content)
    runs.delete(run.id)
    content.seek(0)
    job = import_run.submit("run.zip", content)
    assert queue.wait(job, lambda now: None).state == "done"
    assert import_run.result(job) == run.id
    return run


def test_a_run_without_a_code_comes_in_by_a_worker(unet_lab: TrainedLab) -> None:
    run = sent_away_and_brought_back(unet_lab.runs["unet_dae"])
    assert inference.load(run).reconstruct(np.zeros((1, 28, 28, 1), np.float32)).shape == (1, 28, 28, 1)


def test_a_run_without_an_encoder_comes_in_by_a_worker(gan_lab: TrainedLab) -> None:
    run = sent_away_and_brought_back(gan_lab.runs["gan"])
    assert inference.load(run).decode(np.zeros((1, 2), np.float32)).shape == (1, 28, 28, 1)
    assert not inference.load(run).encodes
