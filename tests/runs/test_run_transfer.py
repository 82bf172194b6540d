"""A run goes from lab to lab whole, and nothing else comes in with it."""

from __future__ import annotations

import io
import json
import pickle
import shutil
import signal
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab
from parcels import Files, exported, files_of, packed, with_arrays, with_json, with_weights

from aelab import inference, runs
from aelab.datasets import store
from aelab.errors import LabError
from aelab.pixels import to_unit
from aelab.runs import about, transfer
from aelab.runs.run import Parent
from aelab.tasks.import_run import rebuilt

#: tf2onnx asks numpy for what is there no more.
pytestmark = pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning")

MODELS = ("pca", "conv_ae", "dae", "vae")


@pytest.fixture
def vae(lab: TrainedLab, tmp_path: Path) -> Files:
    """Return what the export of the lab's VAE holds; the run itself is deleted."""
    files = files_of(exported(lab.runs["vae"], tmp_path / "vae.zip"))
    runs.delete(lab.runs["vae"])
    return files


def refused(path: Path) -> str:
    """Return the sentence with which an import is refused, and make sure that it leaves nothing."""
    before = sorted(entry.name for entry in runs.root().iterdir())
    with pytest.raises(LabError) as caught:
        transfer.receive(path, path.name, rebuilt)
    assert sorted(entry.name for entry in runs.root().iterdir()) == before
    return str(caught.value)


@pytest.mark.parametrize("model", MODELS)
def test_a_run_makes_the_journey_and_reconstructs_as_before(lab: TrainedLab, tmp_path: Path, model: str) -> None:
    run = runs.find(lab.runs[model])
    about.change(run.id, title="From room 4", tags=["a"], archived=True)
    images = to_unit(store.open_dataset("digits").images[:8])
    expected = inference.load(run).reconstruct(images)
    history, metrics, snapshot = run.history(), run.metrics(), run.snapshot(2 if model != "pca" else 1)
    path = exported(run.id, tmp_path / "run.zip")
    runs.delete(run.id)

    received = transfer.receive(path, "run.zip", rebuilt)
    assert received == run
    assert runs.find(run.id) == run
    assert runs.status(run).state == "done"
    assert (run.history(), run.metrics()) == (history, metrics)
    np.testing.assert_array_equal(run.snapshot(2 if model != "pca" else 1)["output"], snapshot["output"])
    np.testing.assert_allclose(inference.load(run).reconstruct(images), expected, atol=1e-5)
    said = about.read(run.id)
    assert (said.title, said.tags, said.archived) == ("From room 4", ("a",), False)
    assert said.imported


def test_a_run_without_an_encoder_makes_the_journey_and_draws_as_before(gan_lab: TrainedLab, tmp_path: Path) -> None:
    run = runs.find(gan_lab.runs["gan"])
    codes = np.random.default_rng(0).standard_normal((4, 2), dtype=np.float32)
    expected, metrics, snapshot = inference.load(run).decode(codes), run.metrics(), run.snapshot(2)
    path = exported(run.id, tmp_path / "run.zip")
    assert "encoder.onnx" not in files_of(path)
    assert set(files_of(exported(run.id, tmp_path / "2.zip", networks_only=True))) == {
        "manifest.json", "decoder.onnx", "model.weights.npz"
    }  # fmt: skip
    runs.delete(run.id)

    assert transfer.receive(path, "run.zip", rebuilt) == run
    assert runs.status(run).state == "done"
    assert run.metrics() == metrics
    np.testing.assert_array_equal(run.snapshot(2)["samples"], snapshot["samples"])
    np.testing.assert_allclose(inference.load(run).decode(codes), expected, atol=1e-5)


def test_a_run_without_a_code_makes_the_journey_and_restores_as_before(unet_lab: TrainedLab, tmp_path: Path) -> None:
    run = runs.find(unet_lab.runs["unet_dae"])
    images = np.random.default_rng(0).random((4, 28, 28, 1), dtype=np.float32)
    expected, metrics, snapshot = inference.load(run).reconstruct(images), run.metrics(), run.snapshot(2)
    path = exported(run.id, tmp_path / "run.zip")
    assert set(files_of(exported(run.id, tmp_path / "2.zip", networks_only=True))) == {
        "manifest.json", "restorer.onnx", "model.weights.npz"
    }  # fmt: skip
    runs.delete(run.id)

    stranger = {**files_of(path), "decoder.onnx": b"a stranger's", "restorer.onnx": b"another"}
    assert transfer.receive(packed(tmp_path / "run.zip", stranger), "run.zip", rebuilt) == run
    assert run.metrics() == metrics
    assert not (run.folder / "decoder.onnx").exists()
    np.testing.assert_array_equal(run.snapshot(2)["output"], snapshot["output"])
    np.testing.assert_allclose(inference.load(run).reconstruct(images), expected, atol=1e-5)


def test_what_only_a_code_could_have_left_is_refused(unet_lab: TrainedLab, tmp_path: Path) -> None:
    run_id = unet_lab.runs["unet_dae"]
    files = files_of(exported(run_id, tmp_path / "unet.zip"))
    runs.delete(run_id)
    for number, changed in enumerate(
        (
            with_json(files, "metrics.json", overall={}, classes={}),
            with_arrays(files, "snapshots/epoch-00002.npz", codes=np.zeros((3, 2), np.float16)),
            with_arrays(files, "snapshots/epoch-00002.npz", output=None),
        )
    ):
        assert "this run cannot be used" in refused(packed(tmp_path / f"{number}.zip", changed))


def test_an_encoder_that_a_run_cannot_have_does_not_come_in(gan_lab: TrainedLab, tmp_path: Path) -> None:
    run = runs.find(gan_lab.runs["gan"])
    files = files_of(exported(run.id, tmp_path / "gan.zip"))
    runs.delete(run.id)
    transfer.receive(packed(tmp_path / "run.zip", {**files, "encoder.onnx": b"a stranger's"}), "run.zip", rebuilt)
    assert not (run.folder / "encoder.onnx").exists()


def test_what_only_an_encoder_could_have_left_is_refused(gan_lab: TrainedLab, tmp_path: Path) -> None:
    gan, vae = gan_lab.runs["gan"], gan_lab.runs["vae"]
    drawn, encoded = (files_of(exported(each, tmp_path / f"{each}.zip")) for each in (gan, vae))
    for each in (gan, vae):
        runs.delete(each)
    measured = json.loads(encoded["metrics.json"])["overall"]
    for number, files in enumerate(
        (
            with_json(drawn, "metrics.json", overall=measured),
            with_json(encoded, "metrics.json", overall={}, classes={}),
            with_arrays(drawn, "snapshots/epoch-00002.npz", codes=np.zeros((3, 2), np.float16)),
            with_arrays(drawn, "snapshots/epoch-00002.npz", samples=None),
            with_arrays(encoded, "snapshots/epoch-00002.npz", codes=None),
        )
    ):
        assert "cannot be used" in refused(packed(tmp_path / f"{number}.zip", files))


def test_the_same_run_gives_the_same_file(lab: TrainedLab, tmp_path: Path) -> None:
    first = exported(lab.runs["pca"], tmp_path / "1.zip").read_bytes()
    assert exported(lab.runs["pca"], tmp_path / "2.zip").read_bytes() == first


def test_a_run_whose_images_are_not_here_comes_in_all_the_same(vae: Files, tmp_path: Path) -> None:
    config = {"dataset": "elsewhere", "dataset_checksum": "of-elsewhere"}
    run = transfer.receive(packed(tmp_path / "run.zip", with_json(vae, "config.json", **config)), "run.zip", rebuilt)
    assert run.dataset == "elsewhere"
    assert run.metrics()["n"] > 0
    with pytest.raises(LabError, match="There is no dataset called 'elsewhere'"):
        run.images()


def test_a_run_that_is_here_already_is_not_replaced(lab: TrainedLab, tmp_path: Path) -> None:
    path = exported(lab.runs["vae"], tmp_path / "run.zip")
    assert refused(path) == f"Run {lab.runs['vae']} is already here; delete it first to take in this one."
    assert not about.read(lab.runs["vae"]).imported


def test_a_run_does_not_come_in_under_an_id_that_it_chooses(vae: Files, lab: TrainedLab, tmp_path: Path) -> None:
    forged = with_json(vae, "manifest.json", run=lab.runs["pca"])
    assert transfer.receive(packed(tmp_path / "run.zip", forged), "run.zip", rebuilt).id == lab.runs["vae"]


def test_networks_alone_can_be_taken_away_and_not_brought(lab: TrainedLab, tmp_path: Path) -> None:
    path = exported(lab.runs["vae"], tmp_path / "networks.zip", networks_only=True)
    assert set(files_of(path)) == {"manifest.json", "encoder.onnx", "decoder.onnx", "model.weights.npz"}
    assert "holds networks only; export the whole run" in refused(path)


def test_a_run_that_is_not_done_has_no_export(lab: TrainedLab, tmp_path: Path) -> None:
    shape = inference.load(runs.find(lab.runs["vae"])).shape
    (runs.root() / lab.runs["vae"] / "model.weights.npz").unlink()
    with pytest.raises(LabError, match=r"has no model\.weights\.npz yet, or has lost it"):
        transfer.export(runs.find(lab.runs["vae"]), shape, io.BytesIO())
    (runs.root() / lab.runs["pca"] / "metrics.json").unlink()
    with pytest.raises(LabError, match="has no results yet"):
        transfer.export(runs.find(lab.runs["pca"]), shape, io.BytesIO())


def test_a_run_that_continues_another_still_does(vae: Files, lab: TrainedLab, tmp_path: Path) -> None:
    continued = with_json(vae, "config.json", parent={"run": "vae-digits-0123", "epochs": 1})
    run = transfer.receive(packed(tmp_path / "1.zip", continued), "1.zip", rebuilt)
    assert run.id != lab.runs["vae"]  # another question
    assert runs.find(run.id).parent == Parent("vae-digits-0123", 1)
    for parent in ({"run": "../x", "epochs": 1}, {"run": "x", "epochs": 0}, {"run": "x", "epochs": 1, "y": 2}, 5):
        refused(packed(tmp_path / "2.zip", with_json(vae, "config.json", parent=parent)))


# Weights: the layer at fault is named.


def test_weights_of_another_shape_name_the_layer(vae: Files, tmp_path: Path) -> None:
    said = refused(packed(tmp_path / "run.zip", with_weights(vae, encoder_0=np.zeros((3, 3, 1, 4), np.float32))))
    assert "The weights of the layer encoder conv2d" in said
    assert "must have the shape 3 × 3 × 1 × 8; they have 3 × 3 × 1 × 4" in said


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_weights_that_are_no_numbers_name_the_layer(vae: Files, tmp_path: Path, wrong: float) -> None:
    with np.load(io.BytesIO(vae["model.weights.npz"])) as stored:
        kernel = stored["decoder_0"].copy()
    kernel[0, :3] = wrong
    said = refused(packed(tmp_path / "run.zip", with_weights(vae, decoder_0=kernel)))
    assert "The weights of the layer decoder dense" in said
    assert f"3 of {kernel.size} are NaN or infinite" in said


def test_weights_that_are_missing_or_too_many_are_named(vae: Files, tmp_path: Path) -> None:
    assert "decoder_0 is missing" in refused(packed(tmp_path / "1.zip", with_weights(vae, decoder_0=None)))
    said = refused(packed(tmp_path / "2.zip", with_weights(vae, decoder_99=np.zeros(3, np.float32))))
    assert "weights called decoder_99, and no layer that takes them" in said


def test_weights_that_are_objects_are_never_unpickled(vae: Files, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path(tmp_path / "sprung").touch, ())  # type: ignore[return-value]

    buffer = io.BytesIO()
    np.savez(buffer, encoder_0=np.array([Trap()], object))
    assert "encoder_0 must hold numbers" in refused(
        packed(tmp_path / "1.zip", {**vae, "model.weights.npz": buffer.getvalue()})
    )
    assert "is not an npz file" in refused(packed(tmp_path / "2.zip", {**vae, "model.weights.npz": pickle.dumps([1])}))
    assert not (tmp_path / "sprung").exists()


def test_settings_of_enormous_networks_are_refused_before_they_are_built(vae: Files, tmp_path: Path) -> None:
    settings = json.loads(vae["config.json"])["settings"] | {"latent_dim": 4096}
    huge = with_json(with_json(vae, "manifest.json", shape=[1024, 1024, 3]), "config.json", settings=settings)
    snapshots = [name for name in huge if name.startswith("snapshots/")]
    said = refused(packed(tmp_path / "run.zip", {name: huge[name] for name in huge if name not in snapshots}))
    assert "The settings ask for networks of" in said


# The config: nothing is dropped.


def test_a_config_from_a_newer_lab_is_refused_with_what_is_new_in_it(vae: Files, tmp_path: Path) -> None:
    said = refused(packed(tmp_path / "1.zip", with_json(vae, "config.json", augment=True, teacher="x")))
    assert "config.json has fields that this lab does not know: 'augment', 'teacher'. A newer AE Lab" in said
    settings = json.loads(vae["config.json"])["settings"] | {"momentum": 0.9, "warmup": 3}
    said = refused(packed(tmp_path / "2.zip", with_json(vae, "config.json", settings=settings)))
    assert "does not know: 'momentum', 'warmup'" in said
    assert "no model called 'flow'" in refused(packed(tmp_path / "3.zip", with_json(vae, "config.json", model="flow")))
    assert "does not know: 'format'" in refused(packed(tmp_path / "4.zip", with_json(vae, "config.json", format=2)))
    assert "of format 2, and this lab reads 1" in refused(
        packed(tmp_path / "5.zip", with_json(vae, "manifest.json", format=2))
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dataset": "../runs"}, "not a name the lab can use"),
        ({"dataset_checksum": 5}, "missing fields"),
        ({"created": "yesterday"}, "created"),
        ({"settings": []}, "missing fields"),
        ({"settings": {"latent_dim": -1}}, "latent_dim must be between"),
        ({"model": "x" * 500}, "missing fields"),
    ],
)
def test_a_config_that_cannot_be_is_refused(vae: Files, tmp_path: Path, changes: dict, sentence: str) -> None:
    assert sentence in refused(packed(tmp_path / "run.zip", with_json(vae, "config.json", **changes)))


# Everything else that is claimed.


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("metrics.json", b"{", "metrics.json of this run cannot be used"),
        ("metrics.json", b"[" * 100_000, "metrics.json of this run cannot be used"),
        ("metrics.json", b'{"n": NaN}', "NaN"),
        ("metrics.json", b"{}", "split, n"),
        ("metrics.json", b'{"n": 3, "split": "test", "overall": {"mse": 1}}', "missing fields"),
        ("metrics.json", b'{"n": 3, "split": "test", "overall": {"mse": {}, "fid": {}}}', "does not know: 'fid'"),
        (
            "metrics.json",
            b'{"n": 3, "split": "test", "overall": {"mse": {"mean": "<b>", "low": 0, "high": 1, "n": 3}}}',
            "mean, low, high, n",
        ),
        ("history.jsonl", b'{"epoch": 1}\n', "history.jsonl:1"),
        ("history.jsonl", b"half a li", "history.jsonl:1"),
        ("about.json", b'{"title": 5}', "about.json must hold texts"),
        ("about.json", b'{"owner": "x"}', "about.json has fields this lab does not know: owner"),
        ("environment.json", b"[]", "environment.json of this run cannot be used"),
        ("snapshots/epoch-00001.npz", b"PK\3\4", "epoch-00001.npz is not an npz file"),
        ("config.json", b"\xff", "config.json of this run cannot be used"),
    ],
)
def test_a_file_that_is_not_as_a_lab_writes_it_is_named(
    vae: Files, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    assert sentence in refused(packed(tmp_path / "run.zip", {**vae, name: content}))


@pytest.mark.parametrize("stopped", [{"epoch": -1}, {"step": 1}, {"epoch": "x"}, 5, {"epoch": 1, "by": "x"}])
def test_an_end_that_no_training_has_is_refused(vae: Files, tmp_path: Path, stopped: object) -> None:
    assert "metrics.json" in refused(packed(tmp_path / "run.zip", with_json(vae, "metrics.json", stopped=stopped)))


def test_epochs_out_of_order_or_with_other_parts_are_refused(vae: Files, tmp_path: Path) -> None:
    lines = vae["history.jsonl"].splitlines(keepends=True)
    swapped = {**vae, "history.jsonl": b"".join(reversed(lines))}
    assert "history.jsonl:2" in refused(packed(tmp_path / "1.zip", swapped))
    more = json.loads(lines[0])
    more["train"]["perceptual"] = 1.0
    extended = {**vae, "history.jsonl": json.dumps(more).encode()}
    assert "'perceptual'" in refused(packed(tmp_path / "2.zip", extended))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target": np.zeros((8, 30, 30, 1), np.uint8)}, "(target)"),
        ({"output": np.zeros((8, 28, 28, 1), np.float32)}, "(output)"),
        ({"codes": np.zeros((8, 3), np.float16)}, "(codes)"),
        ({"layers": np.array(["<b>bold</b>"])}, "(layers)"),
        ({"norms": np.zeros(99, np.float32)}, "(norms)"),
        ({"updates_since": np.zeros(3, int)}, "(updates_since)"),
        ({"gradients": np.zeros(3)}, "does not know: 'gradients'"),
        ({"codes": None}, "missing fields"),
    ],
)
def test_a_snapshot_that_a_training_does_not_keep_is_refused(
    vae: Files, tmp_path: Path, changes: dict, sentence: str
) -> None:
    forged = with_arrays(vae, "snapshots/epoch-00001.npz", **changes)
    said = refused(packed(tmp_path / "run.zip", forged))
    assert "epoch-00001.npz" in said
    assert sentence in said


def test_a_run_that_was_finished_in_its_first_epoch_comes_in(vae: Files, tmp_path: Path) -> None:
    early = with_json(vae, "metrics.json", stopped={"epoch": 0, "step": 3})
    left = {name: early[name] for name in early if name not in ("history.jsonl", "environment.json")}
    run = transfer.receive(packed(tmp_path / "run.zip", left), "run.zip", rebuilt)
    assert run.history() == []
    assert run.stopped_after() == 0


# The zip itself.


def test_a_file_that_was_changed_on_the_way_is_noticed(vae: Files, tmp_path: Path) -> None:
    for name in ("metrics.json", "model.weights.npz", "config.json"):
        changed = {**vae, name: vae[name].replace(b"0", b"1", 1)}
        said = refused(packed(tmp_path / "run.zip", changed, honest=False))
        assert said == f"{name} in run.zip is not as it was exported (a checksum is wrong); export the run again."


@pytest.mark.parametrize(
    "name", ["../../evil.py", "/etc/passwd", "run.py", "snapshots/x.npz", "log.txt", "checkpoints/1.pkl"]
)
def test_a_zip_with_anything_else_in_it_is_refused(vae: Files, tmp_path: Path, name: str) -> None:
    assert "which is no part of an exported run" in refused(packed(tmp_path / "run.zip", {**vae, name: b"x"}))


@pytest.mark.parametrize("name", ["config.json", "metrics.json", "model.weights.npz", "manifest.json"])
def test_a_zip_that_lacks_a_file_is_refused(vae: Files, tmp_path: Path, name: str) -> None:
    path = tmp_path / "run.zip"
    packed(path, vae)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "less.zip", "w") as less:
        for member in archive.namelist():
            if member != name:
                less.writestr(member, archive.read(member))
    refused(tmp_path / "less.zip")
    if name not in ("manifest.json", "config.json"):
        left = {member: content for member, content in vae.items() if member != name}
        assert f"lacks {name}" in refused(packed(path, left))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_a_file_twice_is_refused(vae: Files, tmp_path: Path) -> None:
    path = packed(tmp_path / "run.zip", vae)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", vae["config.json"])
    assert "holds config.json, which is no part" in refused(path)


def test_half_a_zip_is_a_sentence_wherever_it_was_cut(vae: Files, tmp_path: Path) -> None:
    content = packed(tmp_path / "run.zip", vae).read_bytes()
    for size in (0, 10, len(content) // 2, len(content) - 5):
        (tmp_path / "cut.zip").write_bytes(content[:size])
        assert "cut.zip" in refused(tmp_path / "cut.zip")


def test_damage_within_a_zip_is_a_sentence(vae: Files, tmp_path: Path) -> None:
    content = packed(tmp_path / "run.zip", vae).read_bytes()
    for place in np.random.default_rng(0).integers(0, len(content), 30):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        (tmp_path / "run.zip").write_bytes(damaged)
        try:
            received = transfer.receive(tmp_path / "run.zip", "run.zip", lambda *_: {"decoder": b""})
        except LabError:
            continue
        shutil.rmtree(received.folder)  # the damage was in what a zip says twice, or in nothing


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on the size of files")
def test_a_disk_that_fills_up_is_not_blamed_on_the_file_and_leaves_nothing(vae: Files, tmp_path: Path) -> None:
    import resource  # noqa: PLC0415

    path = packed(tmp_path / "run.zip", vae)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        said = refused(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert "could not be written: File too large. Free some space" in said


def test_a_zip_that_unpacks_to_more_than_a_run_has_is_refused_unread(
    vae: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "run.zip", {**vae, "about.json": b" " * 100_000})
    assert "run.zip: about.json has more than 64 kB in it" in refused(path)
    monkeypatch.setattr("aelab.runs._parcel.MOST_BYTES", 50_000)
    assert "run.zip has more than 48.8 kB in it" in refused(packed(path, vae))
