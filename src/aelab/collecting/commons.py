"""Search Wikimedia Commons by its API, which tells licence and author of every picture.

``action=query`` with ``generator=search`` in the namespace of files and ``prop=imageinfo``:
https://www.mediawiki.org/wiki/API:Search, https://www.mediawiki.org/wiki/API:Imageinfo.  As
https://www.mediawiki.org/wiki/API:Etiquette asks: one request at a time, ``maxlag``, a telling `User-Agent`, and
waiting for as long as the servers say when they are busy.  The robots.txt of Commons keeps search engines away
from ``/w/``; the API below it is published for programs and has these rules instead.  The pictures themselves
are fetched like any others, robots.txt included.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlencode

from aelab.collecting.addresses import PassingError, joined, shown
from aelab.collecting.connecting import Answer
from aelab.collecting.fetching import CONTACT, Client
from aelab.collecting.manifest import Found
from aelab.errors import LabError
from aelab.intake.names import cleaned

API: Final = "https://commons.wikimedia.org/w/api.php"
#: Widths at which Wikimedia keeps thumbnails; others are slow to make and may be refused.
#: https://www.mediawiki.org/wiki/Common_thumbnail_sizes
WIDTHS: Final = (120, 250, 330, 500, 960, 1280, 1920)

_BATCH: Final = 50  # files an answer
_MOST_ANSWERS: Final = 400
_MOST_BYTES: Final = 16 * 1024**2
_MOST_TRIES: Final = 5
_LONGEST_WAIT: Final = 120.0
_MOST_TEXT: Final = 300
_FORBIDDEN: Final = 403
_READABLE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


@dataclass(frozen=True)
class CommonsSearch:
    """A search on Wikimedia Commons.

    Attributes
    ----------
    query : str
        As typed into the search of Commons.
    width : int
        Of the thumbnails that are fetched, one of `WIDTHS`, in pixels; smaller originals come as they are.
    api : str
        Where the API is; another wiki's will do.
    """

    query: str
    width: int = 960
    api: str = API

    @property
    def question(self) -> dict[str, Any]:
        """What is asked, for the manifest."""
        return {"commons": self.query, "width": self.width}

    @property
    def total(self) -> int | None:
        """Not known before."""
        return None

    def find(self, client: Client) -> Generator[Found, None, None]:
        """Yield the pictures in the order of the search; the next answer is asked for when it is needed.

        Raises
        ------
        LabError
            If nothing is searched for, or the servers refuse.
        """
        if not self.query.strip() or len(self.query) > _MOST_TEXT:
            raise LabError("query must be 1 to {most} characters of what to look for.", most=_MOST_TEXT)
        if self.width not in WIDTHS:
            raise LabError(
                "width must be one of {choices}; it is {value}.", choices=", ".join(map(str, WIDTHS)), value=self.width
            )
        parameters = {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "maxlag": "5",
            "generator": "search",
            "gsrsearch": f"{self.query} filetype:bitmap",
            "gsrnamespace": "6",
            "gsrlimit": str(_BATCH),
            "prop": "imageinfo",
            "iiprop": "url|extmetadata|size|mime|thumbmime",
            "iiurlwidth": str(self.width),
            "iiextmetadatafilter": "LicenseShortName|LicenseUrl|Artist",
        }
        onward: dict[str, str] = {}
        any_found = False
        for _ in range(_MOST_ANSWERS):
            data = self._asked(client, {**parameters, **onward})
            for found in _found(data, self.api):
                any_found = True
                yield found
            if not any_found and "continue" not in data:
                raise LabError(
                    "Wikimedia Commons has no pictures for {query}; try other words.", query=repr(self.query)
                )
            if not isinstance(data.get("continue"), Mapping):
                return
            onward = {str(key): str(value) for key, value in data["continue"].items()}

    def _asked(self, client: Client, parameters: Mapping[str, str]) -> dict[str, Any]:
        address = f"{self.api}?{urlencode(parameters)}"
        for _ in range(_MOST_TRIES):
            answer = client.fetch(address, robots=False, accept="application/json", size=_MOST_BYTES)
            busy = answer.status in (429, 503)
            if not busy:
                data = self._read(answer)
                if "error" not in data:
                    return data
                busy = self._is_busy(data["error"])
            time.sleep(min(answer.retry_after, _LONGEST_WAIT))
        raise PassingError("{address} is busy; try again in a while, it goes on where it was.", address=shown(self.api))

    def _read(self, answer: Answer) -> dict[str, Any]:
        if answer.status == _FORBIDDEN:
            raise LabError(
                "{address} refuses to answer; it wants to know who asks: set {variable} to an e-mail or web address of "
                "yours, then try again.",
                address=shown(self.api),
                variable=CONTACT,
            )
        content = answer.check().content
        try:
            data = json.loads(content)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise LabError("{address} did not answer as the API of a wiki does.", address=shown(self.api))
        return data

    def _is_busy(self, error: Any) -> bool:
        """Return whether an error says to come back later; any other is raised."""
        code = str(error.get("code", "")) if isinstance(error, Mapping) else ""
        if code in ("maxlag", "ratelimited", "readonly"):
            return True
        info = str(error.get("info", "")) if isinstance(error, Mapping) else ""
        raise LabError(
            "{address} cannot search for this: {reason}", address=shown(self.api), reason=shown(info or code)
        )


def _found(data: Mapping[str, Any], api: str) -> Iterator[Found]:
    """Yield the pictures of one answer; what is no picture, or not as documented, is passed over."""
    query = data.get("query")
    pages = query.get("pages") if isinstance(query, Mapping) else None
    rows = [page for page in pages if isinstance(page, Mapping)] if isinstance(pages, list) else []
    for page in sorted(rows, key=lambda page: _number(page.get("index"))):
        infos = page.get("imageinfo")  # missing where it comes in a later answer
        info = infos[0] if isinstance(infos, list) and infos and isinstance(infos[0], Mapping) else {}
        address = info.get("thumburl") or info.get("url")
        if not isinstance(address, str) or (info.get("thumbmime") or info.get("mime")) not in _READABLE:
            continue
        about = info.get("extmetadata")
        yield Found(
            address=joined(api, address),
            page=plain(info.get("descriptionurl")),
            licence=_value(about, "LicenseShortName"),
            licence_address=_value(about, "LicenseUrl"),
            author=_value(about, "Artist"),
        )


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _value(about: Any, key: str) -> str:
    entry = about.get(key) if isinstance(about, Mapping) else None
    return plain(entry.get("value")) if isinstance(entry, Mapping) else ""


class _Text(HTMLParser):
    """Collects the text between tags, but that of scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def plain(html: Any) -> str:
    """Return the text of a piece of HTML on one line, cut to a length that a caption can take."""
    if not isinstance(html, str):
        return ""
    parser = _Text()
    parser.feed(html[: 100 * _MOST_TEXT])
    parser.close()
    text = cleaned(" ".join("".join(parser.pieces).split()))
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
