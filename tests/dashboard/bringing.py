"""Bring files to the Datasets page as a visitor does, and wait for what becomes of them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping

from labs import until
from photos import painted
from seen import press
from streamlit.testing.v1 import AppTest

from aelab.jobs import folder
from aelab.jobs.folder import OPEN


def fruit_files(classes: tuple[str, ...] = ("apples", "pears"), each: int = 6) -> dict[str, bytes]:
    """Return pictures of chance by their paths, a folder for each class."""
    names = [name for name in classes for _ in range(each)]
    return {f"{name}/{number}.png": painted(number) for number, name in enumerate(names)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    """Return a tar.gz of files."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return content.getvalue()


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Choose files to import."""
    chosen = [(name, content, "application/octet-stream") for name, content in files]
    return page.file_uploader(key="imports.file").set_value(chosen).run()


def bring(page: AppTest, content: bytes, name: str, file_name: str = "holiday.zip") -> AppTest:
    """Upload a file, write a name and press Import."""
    upload(page, (file_name, content))
    page.text_input(key="imports.name").input(name).run()
    return press(page, "Import")


def after_the_work(page: AppTest) -> AppTest:
    """Draw the page as it is when its jobs have ended."""
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    return page.run()
