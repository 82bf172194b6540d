"""What a page shows: its words, its pictures, its files."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from aelab.reports.csv import to_csv
from ui import mosaic

_TEXTS = ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error", "text")


def words(page: AppTest) -> str:
    """Return everything a page says, after making sure that it shows no traceback."""
    assert not page.exception, page.exception
    texts = [str(element.value) for kind in _TEXTS for element in getattr(page, kind)]
    said = "\n".join([*texts, *(caption for image in page.image for caption in image.captions)])
    assert "Traceback" not in said
    assert "Something went wrong inside the lab" not in said
    return said.replace("\\", "")  # what keeps a name from being Markdown


def errors(page: AppTest) -> list[str]:
    """Return the errors on a page as people read them."""
    assert not page.exception, page.exception
    return [element.value.replace("\\", "") for element in page.error]


def metrics(page: AppTest) -> dict[str, str]:
    """Return the figures that stand out on a page, by their label."""
    return {element.label: element.value for element in page.metric}


def in_address(page: AppTest, name: str) -> str:
    """Return a value of a page's address, which may be a list of one."""
    value = page.query_params[name]
    return value if isinstance(value, str) else value[0]


def progress(page: AppTest) -> list[str]:
    """Return what stands above each bar of progress."""
    return [bar.text.replace("\\", "") for bar in page.progress]


def buttons(page: AppTest) -> list[str]:
    """Return the labels of the buttons on a page."""
    return [element.label for element in page.button]


def press(page: AppTest, label: str) -> AppTest:
    """Press the button of a label."""
    (button,) = (element for element in page.button if element.label == label)
    return button.click().run()


def pictures(page: AppTest) -> list[str]:
    """Return the addresses of the pictures on a page; the same pixels have the same one."""
    return [url for image in page.image for url in image.value]


def picture_of(images: np.ndarray, columns: int) -> str:
    """Return the address that a mosaic of images has."""
    return _address(mosaic.png(images, columns), "image/png", None)


def csv_of(table: pd.DataFrame, file_name: str) -> str:
    """Return the address that a table to download has."""
    return _address(to_csv(table).encode("utf-8-sig"), "text/csv", file_name)


def downloads(page: AppTest) -> list[str]:
    """Return the addresses of the files that a page offers."""
    return [element.proto.url for element in page.download_button]


def figures(page: AppTest) -> list[dict[str, Any]]:
    """Return the Plotly figures on a page."""
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def title(figure: dict[str, Any]) -> str:
    """Return a figure's title, wherever its lines are broken or kept together."""
    return str(figure["layout"]["title"]["text"]).replace("<br>", " ").replace("\N{NO-BREAK SPACE}", " ")


def _address(content: bytes, kind: str, file_name: str | None) -> str:
    storage = MemoryMediaFileStorage("/mock/media")
    return storage.get_url(storage.load_and_get_id(content, kind, MediaFileKind.MEDIA, file_name))
