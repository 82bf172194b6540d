"""Collect pictures from the web, as a job: a polite pace takes minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from aelab import collecting, storage
from aelab.collecting import AddressList, CommonsSearch, Gallery, Source
from aelab.collecting.addresses import read_addresses
from aelab.collecting.collection import MOST_PICTURES
from aelab.errors import N_, LabError
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec

Kind = Literal["addresses", "commons", "gallery"]

#: Where pictures can be collected, and what it is called.
KINDS: Final[dict[Kind, str]] = {
    "addresses": N_("a list of addresses"),
    "commons": N_("a search on Wikimedia Commons"),
    "gallery": N_("a page with a gallery"),
}

_RESULT = "collected.json"


@dataclass(frozen=True)
class Collected:
    """What a job has brought.

    Attributes
    ----------
    pictures : int
        Of the class that are there now.
    counts : mapping of str to int
        Addresses kept, repeats, refused and failed this time.
    left_out : tuple of LabError
    """

    pictures: int
    counts: Mapping[str, int]
    left_out: tuple[LabError, ...]


def source(kind: Kind, text: str) -> Source:
    """Return where to look.

    Raises
    ------
    LabError
        If `text` is no list of addresses, search or address.
    """
    if kind == "addresses":
        return AddressList(read_addresses(text, MOST_PICTURES))
    if not text.strip():
        raise LabError("Write what to search for, or the address of a page; it is empty.")
    return CommonsSearch(text.strip()) if kind == "commons" else Gallery(text.strip())


def submit(name: str, class_name: str, kind: Kind, text: str, limit: int, *, owner: str = "") -> Job:
    """Queue the collecting of pictures of one class; asked again, it goes on where it was."""
    source(kind, text)
    params = {"name": storage.checked_id(name), "class": class_name, "kind": kind, "text": text, "limit": limit}
    known = folder.find(queue.key("collect_pictures", params))
    if known is not None and folder.status(known).state == "done":  # what the web has may be more by now
        storage.removed_folder(known.folder)
    return queue.submit("collect_pictures", params, owner=owner)


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    found = collecting.collect(
        params["name"],
        params["class"],
        source(params["kind"], params["text"]),
        limit=params["limit"],
        add=True,
        progress=context.progress,
    )
    storage.write_json(
        context.folder / _RESULT,
        {
            "pictures": found.pictures,
            "counts": found.counts,
            "left_out": [sentence.to_json() for sentence in found.left_out],
        },
    )


def result(job: Job) -> Collected:
    """Return what a job that is done has brought.

    Raises
    ------
    LabError
        If its file is damaged; collecting again mends that.
    """
    try:
        data = storage.read_json(job.folder / _RESULT)
        left_out = tuple(LabError.from_json(sentence) for sentence in data["left_out"])
        counts = {status: int(data["counts"][status]) for status in ("kept", "repeat", "refused", "failed")}
        return Collected(int(data["pictures"]), counts, left_out)
    except (LabError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LabError(
            "{file} in {folder} is damaged ({reason}).", file=_RESULT, folder=f"jobs/{job.id}", reason=error
        ) from None


SPEC = TaskSpec(name="collect_pictures", label=N_("Collecting pictures"), lane="light", run=make)
