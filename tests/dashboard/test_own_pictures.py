"""One's own noisy pictures come back restored, and nothing is claimed that nobody can measure."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from labs import TrainedLab
from PIL import Image
from seen import errors, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.studies import own_picture
from ui.denoise.restored import Restored, zipped


def png(*shape: int) -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)).save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def page(lab: TrainedLab, visit) -> AppTest:
    return visit("denoise", run=lab.runs["dae"], view="own")


def bring(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader(key="own.files").set_value([(name, content, "image/png") for name, content in files])
    return page.run()


def results(page: AppTest) -> list[Restored]:
    return list(page.session_state["own.restored"].values())


@pytest.mark.parametrize("how", ["tiles", "whole"])
def test_what_can_be_downloaded_is_what_the_run_makes_of_the_picture(lab: TrainedLab, page: AppTest, how: str) -> None:
    page.button_group(key=f"own.how.{lab.runs['dae']}").set_value(how).run()
    page = bring(page, ("mine.png", png(70, 100, 3)))
    assert not errors(page)
    networks = inference.load(runs.find(lab.runs["dae"]))
    picture = own_picture.read("mine.png", png(70, 100, 3))
    expected = own_picture.run(networks, store.open_dataset("digits"), picture, how)
    (found,) = results(page)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(found.after))), expected.restored[:, :, 0])
    assert found.file_name == "restored-mine.png"
    assert "It was turned to grey" in words(page)
    assert ("which overlap by half: 28" in words(page)) == (how == "tiles")


def test_no_quality_is_claimed_and_the_page_says_why(page: AppTest) -> None:
    page = bring(page, ("mine.png", png(70, 100)))
    said = words(page)
    assert "both compare with the clean picture, which nobody has" in said
    assert " dB" not in said


def test_one_picture_that_is_none_does_not_stop_the_others(page: AppTest) -> None:
    page = bring(page, ("text.png", b"no picture"), ("mine.png", png(20, 20)))
    (said,) = errors(page)
    assert said.startswith("text.png")
    assert [each.name for each in results(page)] == ["mine.png"]


def test_a_picture_is_restored_once_and_forgotten_when_it_is_taken_away(page: AppTest) -> None:
    page = bring(page, ("one.png", png(40, 40)), ("two.png", png(30, 50)))
    before = results(page)
    page = bring(page, ("two.png", png(30, 50)))
    assert [id(each) for each in results(page)] == [id(before[1])]


def test_all_results_come_as_one_zip_in_which_no_name_hides_another() -> None:
    done = [Restored(name, b"", content, "") for name, content in (("a.jpg", b"1"), ("a.png", b"2"), ("b", b"3"))]
    with zipfile.ZipFile(io.BytesIO(zipped(done))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "restored-a.png": b"1",
            "2-restored-a.png": b"2",
            "restored-b.png": b"3",
        }


def test_too_many_pictures_at_once_are_told_so(page: AppTest) -> None:
    page = bring(page, *((f"{number}.png", png(12 + number, 12)) for number in range(7)))
    assert len(results(page)) == 6
    assert "The first 6 are restored" in page.warning[0].value
