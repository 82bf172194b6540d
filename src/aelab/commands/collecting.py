"""`aelab datasets collect`: pictures from the web, one class at a time."""

from __future__ import annotations

import argparse

from aelab import collecting
from aelab.collecting import AddressList, CommonsSearch, Gallery, Source
from aelab.commands.answer import Answer
from aelab.commands.datasets import few
from aelab.commands.following import percent
from aelab.errors import LabError


def collect(arguments: argparse.Namespace) -> Answer:
    """Collect pictures of one class, or go on collecting them."""
    found = collecting.collect(
        arguments.name,
        arguments.class_name,
        _source(arguments),
        limit=_limit(arguments.limit),
        add=arguments.add,
        progress=percent("collecting"),
    )
    sentences = [str(sentence) for sentence in found.left_out]
    data = {
        "collection": found.name,
        "class": found.class_name,
        "folder": str(found.folder),
        "pictures": found.pictures,
        **found.counts,
        "left_out": sentences,
    }
    counts = ", ".join(f"{count} {status}" for status, count in found.counts.items())
    return Answer(
        data,
        [
            f"{found.name}: {found.pictures} pictures of {found.class_name} ({counts})",
            *few(sentences),
            f"aelab datasets import {found.folder} --name NAME makes a dataset of them.",
        ],
    )


def _source(arguments: argparse.Namespace) -> Source:
    if arguments.addresses is not None:
        return AddressList.from_file(arguments.addresses)
    return CommonsSearch(arguments.commons) if arguments.commons is not None else Gallery(arguments.gallery)


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise LabError("limit must be a whole number of pictures; it is {value}.", value=repr(text)) from None
