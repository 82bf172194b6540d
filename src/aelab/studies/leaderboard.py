"""Which experiment leads on a dataset?

A board is of one dataset's images, known by their checksum, and of one part of its split: numbers on other images
would say something about the images.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from aelab.metrics import metrics
from aelab.runs import Run
from aelab.studies.comparison import competing
from aelab.studies.pooling import FRECHET, MEASURES, pooled


@dataclass(frozen=True)
class Board:
    """The experiments on one dataset, the best first.

    Attributes
    ----------
    dataset : str
        Its name, of the newest run.
    checksum : str
        What the board is of: under one name there may have been several datasets.
    split : str
    n : int
        Images that were measured on.
    table : DataFrame
        Rows and columns of `pooling.pooled`, with `rank` before them: 1 for the best; equal means share a rank.
    """

    dataset: str
    checksum: str
    split: str
    n: int
    table: pd.DataFrame


def leaderboards(runs: Sequence[Run], measure: str) -> list[Board]:
    """Return a board for every dataset that finished runs were measured on, in the order of `runs`.

    Parameters
    ----------
    runs : sequence of Run
    measure : str
        By which experiments are ranked; seeds are pooled. Those that it does not apply to are on no board: runs that
        only draw where images are held against their reconstructions, and runs that draw none for `frechet`; nor,
        beside others, those that have no bottleneck.
    """
    if not runs:
        return []
    table = pooled(runs)
    applies = table[[measure] if measure == FRECHET else list(MEASURES)].notna().any(axis="columns")
    table = table[applies]
    boards = []
    for (checksum, split), found in table.groupby(["dataset_checksum", "split"], sort=False):
        rows = competing(found)
        ascending = metrics[measure].direction == "lower"
        ranked = rows.sort_values(measure, ascending=ascending, kind="stable", na_position="last")
        ranks = ranked[measure].rank(method="min", ascending=ascending, na_option="bottom").astype(int)
        ranked.insert(0, "rank", ranks)
        first = rows.iloc[0]
        boards.append(
            Board(first["dataset"], str(checksum), str(split), int(first["n"]), ranked.reset_index(drop=True))
        )
    return boards
