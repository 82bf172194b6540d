"""Collect pictures on the Datasets page: from addresses to a dataset, by real workers, from a server of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bringing import after_the_work
from labs import TrainedLab
from photos import serving_pictures
from seen import buttons, errors, press, progress, words
from streamlit.testing.v1 import AppTest

from aelab import collecting
from aelab.datasets import store
from aelab.jobs import folder


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AELAB_ALLOW_LOOPBACK", "1")
    with serving_pictures() as address:
        yield address


def ask_for(page: AppTest, class_name: str, addresses: str, name: str = "fruit") -> AppTest:
    """Fill in the form for a list of addresses and press Collect."""
    page.text_input(key="collect.name").input(name)
    page.text_input(key="collect.class").input(class_name)
    page.text_area(key="collect.addresses").input(addresses)
    page.run()
    return press(page, "Collect")


def unlinked(page: AppTest) -> str:
    """Return what a page says, without what keeps an address from becoming a link."""
    return words(page).replace("\N{WORD JOINER}", "")


def lines(address: str, *names: object) -> str:
    return "\n".join(f"{address}/{name}.png" for name in names)


def test_addresses_become_classes_and_then_a_dataset(lab: TrainedLab, visit, workers: None, address: str) -> None:
    page = ask_for(visit("datasets"), "apples", lines(address, *range(5), "none"))
    assert progress(page)[0].startswith("apples · ")
    after_the_work(page)
    said = unlinked(page)
    assert "5 pictures of apples are there now: 5 new, 0 repeats, 1 not fetched." in said
    assert f"{address}/none.png" in said  # and why
    after_the_work(ask_for(page, "pears", lines(address, *range(5, 9))))
    assert "4 pictures of pears are there now: 4 new" in words(page)
    assert "**fruit**: apples 5, pears 4" in words(page)
    after_the_work(press(page, "Make a dataset of fruit"))
    assert "fruit holds 9 images of 64 × 64 pixels, colour, in 2 classes" in words(page).replace("**", "")
    made = store.open_dataset("fruit")
    assert {made.originals.credit(int(each)).address for each in made.kept} == set(
        lines(address, *range(9)).splitlines()
    )


def test_an_image_that_was_collected_says_where_it_is_from(lab: TrainedLab, visit, workers: None, address: str) -> None:
    page = after_the_work(ask_for(visit("datasets"), "apples", lines(address, *range(3))))
    after_the_work(press(page, "Make a dataset of fruit"))
    page.button_group(key="browse.view").set_value("list").run()
    key = page.dataframe[0].key
    assert key is not None
    page.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    made = store.open_dataset("fruit")
    assert f"From: `{made.originals.credit(0).address}`" in words(page)  # to be copied as it is


def test_a_page_with_a_gallery_is_looked_through(lab: TrainedLab, visit, workers: None, address: str) -> None:
    page = visit("datasets")
    page.selectbox(key="collect.kind").select("gallery").run()
    page.text_input(key="collect.name").input("fruit")
    page.text_input(key="collect.class").input("apples")
    page.text_input(key="collect.gallery").input(f"{address}/gallery")
    page.number_input(key="collect.limit").set_value(2).run()
    after_the_work(press(page, "Collect"))
    assert "2 pictures of apples are there now: 2 new" in words(page)


def test_asked_again_nothing_is_fetched_twice(lab: TrainedLab, visit, workers: None, address: str) -> None:
    page = after_the_work(ask_for(visit("datasets"), "apples", lines(address, *range(3))))
    after_the_work(press(page, "Collect"))
    assert "3 pictures of apples are there now: 0 new, 0 repeats, 0 not fetched." in words(page)


def test_an_address_of_the_server_s_own_machine_is_never_reached(lab: TrainedLab, visit, workers: None) -> None:
    page = after_the_work(ask_for(visit("datasets"), "apples", "http://127.0.0.1:9/0.png"))
    assert "0 pictures of apples are there now: 0 new, 0 repeats, 1 not fetched." in words(page)
    assert [warning.value for warning in page.warning if "1 not fetched" in warning.value]
    assert not page.success
    assert "Make a dataset of fruit" not in buttons(page)
    assert not [path for path in collecting.root().iterdir() if path.is_dir()]


def test_nothing_is_collected_before_the_form_is_filled_in(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    assert page.button(key="collect.start").disabled
    page.text_input(key="collect.name").input("fruit")
    page.text_input(key="collect.class").input("apples").run()
    assert page.button(key="collect.start").disabled
    page.text_area(key="collect.addresses").input("http://example.com/0.png").run()
    assert not page.button(key="collect.start").disabled


@pytest.mark.parametrize("name", ["My Fruit", "../runs"])
def test_a_collection_whose_name_cannot_be_had_is_refused_at_once(lab: TrainedLab, visit, name: str) -> None:
    page = ask_for(visit("datasets"), "apples", "http://example.com/0.png", name)
    assert errors(page)[0].startswith(f"{name!r} is not a name the lab can use: ")
    assert {job.kind for job in folder.all_jobs()} == {"train"}


def test_a_dataset_of_the_collection_s_name_is_not_overwritten(
    lab: TrainedLab, visit, workers: None, address: str
) -> None:
    page = after_the_work(ask_for(visit("datasets"), "apples", lines(address, *range(3)), "digits"))
    press(page, "Make a dataset of digits")
    assert errors(page) == ["There is already a dataset called 'digits'; choose another name or delete it."]
    assert store.open_dataset("digits").counts["all"] == 1797
