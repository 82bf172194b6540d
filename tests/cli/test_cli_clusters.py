"""What `aelab clusters` and `aelab factors` answer and write: the numbers of their studies."""

from __future__ import annotations

from pathlib import Path

import pytest
from labs import TrainedLab, drawn_shapes
from shell import Answers, Refusal, aelab, rows

from aelab import inference, runs
from aelab.studies import clusters, disentanglement
from aelab.studies.disentanglement import Disentanglement

QUICK = ("--restarts", "1", "--limit", "150")


def expected(lab: TrainedLab, model: str, **more: object) -> clusters.Clusters:
    run = runs.find(lab.runs[model])
    return clusters.run(inference.load(run), run.images(), clusters.Config.parse({"restarts": 1, "limit": 150, **more}))


def test_clusters_are_answered_and_written_with_the_numbers_of_their_study(
    answer: Answers, lab: TrainedLab, tmp_path: Path
) -> None:
    out, members = tmp_path / "clusters.csv", tmp_path / "members.csv"
    run_id = lab.runs["conv_ae"]
    found = answer("clusters", run_id, *QUICK, "--algorithm", "mixture", "--csv", out, "--members", members)
    study = expected(lab, "conv_ae", algorithm="mixture")
    assert found["run"] == run_id
    for row, of_study in zip(found["rows"], study.rows, strict=True):
        assert row["agreement"]["nmi"]["mean"] == of_study.agreement["nmi"].mean
        assert row["agreement"]["accuracy"]["low"] == of_study.agreement["accuracy"].low
        assert row["silhouette"]["mean"] == of_study.silhouette.mean
    assert found["counts"] == study.counts.tolist()
    header, *lines = rows(out)
    assert [line[header.index("space")] for line in lines] == ["code", "pixels", "pca"]
    assert [float(line[header.index("ari")]) for line in lines] == [row.agreement["ari"].mean for row in study.rows]
    assert [int(line[2]) - 1 for line in rows(members)[1:]] == study.labels.tolist()


def test_people_read_a_row_for_codes_pixels_and_components(lab: TrainedLab) -> None:
    done = aelab("clusters", lab.runs["vae"], *QUICK, "--highest", "4")
    assert done.returncode == 0, done.stderr
    study = expected(lab, "vae", highest=4)
    accuracy = study.row("code").agreement["accuracy"]
    assert done.stdout.startswith("k-means, 10 clusters of N = 150 test images, on which it was fitted as well\n")
    assert f"{accuracy.mean:.3f} ({accuracy.low:.3f} to {accuracy.high:.3f})" in done.stdout
    firsts = [line.strip().split("  ")[0] for line in done.stdout.splitlines()]
    assert {"codes", "raw pixels", "PCA of the pixels", "2", "3", "4"} <= set(firsts)


def test_factors_are_answered_and_written_with_the_numbers_of_their_study(
    answer: Answers, lab: TrainedLab, tmp_path: Path
) -> None:
    lab.say_trained_on("vae", drawn_shapes())
    run = runs.find(lab.runs["vae"])
    found = answer("factors", run.id, "--limit", "150", "--csv", tmp_path / "factors.csv")
    study = disentanglement.run(inference.load(run), run.images(), disentanglement.Config(limit=150))
    assert found.pop("run") == run.id
    assert Disentanglement.from_json(found).to_json() == study.to_json()
    header, code, _ = rows(tmp_path / "factors.csv")
    assert float(code[header.index("factor_vae")]) == study.of("code").scores["factor_vae"]
    said = aelab("factors", run.id, "--limit", "150").stdout
    assert f"{study.of('pca').scores['mig']:.3f}" in said
    assert "By chance, factor_vae is about 0.167." in said


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            ("clusters", "--clusters", "30", "--limit", "20"),
            "Clusters need at least 60 images; the test part of digits has 20. Choose another part, or fewer clusters.",
        ),
        (("clusters", "--clusters", "many"), "clusters must be a whole number between 0 and 100; it is 'many'."),
        (
            ("factors",),
            "Nobody knows what has caused the images of digits, so disentanglement cannot be measured. Train a run on "
            "drawn shapes (the source shapes), whose factors are known.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_sentence(refusal: Refusal, lab: TrainedLab, asked: tuple[str, ...], sentence: str) -> None:
    assert refusal(asked[0], lab.runs["vae"], *asked[1:]) == sentence


def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    refusal: Refusal, lab: TrainedLab, tmp_path: Path
) -> None:
    for command in ("clusters", "factors"):
        said = refusal(command, lab.runs["vae"], "--csv", tmp_path / "no" / "m")
        assert "name a file in a folder that exists" in said
    assert not list((lab.folder / "jobs").glob("clusters-*"))
