"""A file that refuses to be read in large pieces.

Python's zipfile and tarfile read what an archive says about itself, its list of contents and its headers, in
one piece of the size that the archive announces.  While they do, this stands between.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator


class Guard(io.BufferedReader):
    """A buffered file for reading, with a limit on each read while one is set."""

    class Exceeded(Exception):
        """More was asked for than is allowed."""

    _most: int | None = None

    @contextlib.contextmanager
    def limited(self, most: int) -> Iterator[None]:
        """Let nothing within the block read more than `most` bytes at once.

        Raises
        ------
        Guard.Exceeded
            In the block, from `read`.
        """
        self._most = most
        try:
            yield
        finally:
            self._most = None

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as a file does."""
        if self._most is not None and self._asked(size) > self._most:
            raise self.Exceeded
        return super().read(size)

    def _asked(self, size: int | None) -> int:
        """Return how many bytes a read of `size` would bring at most; without a size, all that are left."""
        if size is not None and size >= 0:
            return size
        here = self.tell()
        left = self.seek(0, io.SEEK_END) - here
        self.seek(here)
        return left
