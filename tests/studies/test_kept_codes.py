"""Codes are encoded once, shared, and made again when somebody has thrown them away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from labs import TrainedLab

from aelab import inference, runs
from aelab.inference import Inference
from aelab.studies import kept_codes
from aelab.studies.latent_map import Config, LatentMap, of_run


@dataclass(frozen=True)
class Counting:
    """The networks of a run, which remember how many images they were given."""

    networks: Inference
    given: list[int] = field(default_factory=list)

    @property
    def latent_dim(self) -> int:
        return self.networks.latent_dim

    @property
    def run_id(self) -> str:
        return self.networks.run_id

    def encode(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        self.given.append(len(images))
        return self.networks.encode(images, labels)


@pytest.fixture
def counting(lab: TrainedLab) -> Counting:
    return Counting(inference.load(runs.find(lab.runs["conv_ae"])))


def of(lab: TrainedLab, networks: Counting, **asked: object) -> tuple[np.ndarray, np.ndarray]:
    run = runs.find(lab.runs["conv_ae"])
    return kept_codes.codes(run, networks, run.images(), **asked)


def test_codes_are_encoded_once_for_every_map_of_the_same_images(lab: TrainedLab, counting: Counting) -> None:
    run = runs.find(lab.runs["conv_ae"])
    maps: list[LatentMap] = [
        of_run(run, counting, run.images(), Config.parse({"method": method, "limit": 0})) for method in ("pca", "lda")
    ]
    assert sum(counting.given) == 359
    assert np.array_equal(*(found.codes for found in maps))
    np.testing.assert_allclose(
        maps[0].codes, counting.networks.encode(run.images().images[maps[0].indices] / np.float32(255)), atol=1e-5
    )


def test_another_part_draw_or_run_has_codes_of_its_own(lab: TrainedLab, counting: Counting) -> None:
    data = runs.find(lab.runs["conv_ae"]).images()
    for part, count in (("test", 359), ("train", data.counts["train"]), ("all", data.counts["all"])):
        indices, codes = of(lab, counting, part=part)
        assert len(indices) == len(codes) == count
    before = sum(counting.given)
    first, _ = of(lab, counting, limit=40, seed=1)
    second, _ = of(lab, counting, limit=40, seed=2)
    assert first.tolist() != second.tolist()
    assert sum(counting.given) == before + 80
    of(lab, counting, limit=359, seed=7)  # all of them, whatever the seed
    assert sum(counting.given) == before + 80
    run = runs.find(lab.runs["conv_ae"])
    kept_codes.codes(replace(run, created="later"), counting, data)
    assert sum(counting.given) == before + 80 + 359


@pytest.mark.parametrize("damage", ["truncated", "empty", "missing", "other"])
def test_codes_that_were_thrown_away_or_damaged_are_made_again(
    lab: TrainedLab, counting: Counting, damage: str
) -> None:
    _, codes = of(lab, counting)
    expected = np.array(codes)
    (path,) = kept_codes.root().glob("*.npy")
    content = path.read_bytes()
    path.unlink()
    if damage == "other":
        np.save(path, expected[:, :1])
    elif damage != "missing":
        path.write_bytes(content[:-100] if damage == "truncated" else b"")
    _, again = of(lab, counting)
    np.testing.assert_array_equal(again, expected)
    assert sum(counting.given) == 2 * 359
    of(lab, counting)
    assert sum(counting.given) == 2 * 359


def test_codes_are_not_in_memory_but_on_the_disk(lab: TrainedLab, counting: Counting) -> None:
    _, codes = of(lab, counting)
    assert isinstance(codes, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        codes[0] = 0


def test_a_disk_that_takes_nothing_is_no_reason_to_have_no_codes(lab: TrainedLab, counting: Counting) -> None:
    kept_codes.root().parent.mkdir(parents=True, exist_ok=True)
    kept_codes.root().write_bytes(b"a file where the folder should be")
    indices, codes = of(lab, counting)
    assert codes.shape == (len(indices), 8)


def test_the_oldest_codes_make_room(lab: TrainedLab, counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    of(lab, counting, part="test")
    (first,) = kept_codes.root().glob("*.npy")
    monkeypatch.setattr(kept_codes, "_MOST_BYTES", first.stat().st_size + 4000)
    of(lab, counting, limit=100)
    assert first.exists()
    of(lab, counting, limit=101)
    assert not first.exists()
    assert len(list(kept_codes.root().glob("*.npy"))) == 2
