"""Wikimedia Commons by its API, spoken by a server on this machine in the documented form.

The answers have the shape of https://www.mediawiki.org/wiki/API:Imageinfo with formatversion=2 and
iiprop=extmetadata, whose values are HTML.
"""

from __future__ import annotations

from typing import Any

import pytest
from gallery_server import GalleryServer, picture

from aelab.collecting import collect, collected
from aelab.collecting.addresses import PassingError
from aelab.collecting.commons import CommonsSearch, plain
from aelab.collecting.fetching import Client
from aelab.errors import LabError

_ARTIST = '<a href="//commons.wikimedia.org/wiki/User:Ann" title="User:Ann">Ann &amp; <b>Bo</b></a><style>a{}</style>'


def page(server: GalleryServer, number: int, index: int, **more: Any) -> dict[str, Any]:
    info = {
        "size": 1353326,
        "width": 3746,
        "height": 2400,
        "thumburl": server.address(f"/picture/{number}.jpg"),
        "thumbwidth": 960,
        "thumbheight": 615,
        "url": server.address(f"/original/{number}.jpg"),
        "descriptionurl": f"https://commons.wikimedia.org/wiki/File:Apple_{number}.jpg",
        "descriptionshorturl": f"https://commons.wikimedia.org/w/index.php?curid={number}",
        "extmetadata": {
            "Artist": {"value": _ARTIST, "source": "commons-desc-page"},
            "LicenseShortName": {"value": "CC BY-SA 4.0", "source": "commons-desc-page", "hidden": ""},
            "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0", "source": "commons-desc-page"},
        },
        "mime": "image/jpeg",
        "thumbmime": "image/jpeg",
    }
    return {
        "pageid": 1000 + number,
        "ns": 6,
        "title": f"File:Apple {number}.jpg",
        "index": index,
        "imagerepository": "local",
        "imageinfo": [info | more],
    }


def answer(*pages: dict[str, Any], onward: dict[str, Any] | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {"batchcomplete": True, "query": {"pages": list(pages)}}
    return data | ({"continue": onward} if onward else {})


@pytest.fixture
def search(gallery: GalleryServer) -> CommonsSearch:
    return CommonsSearch("red apple", api=gallery.address("/w/api.php"))


def test_pictures_come_in_the_order_of_the_search_with_licence_and_author(
    gallery: GalleryServer, client: Client, search: CommonsSearch
) -> None:
    onward = {"gsroffset": 50, "continue": "gsroffset||"}
    gallery.answers = [answer(page(gallery, 3, 2), page(gallery, 4, 1), onward=onward), answer(page(gallery, 5, 51))]
    found = list(search.find(client))
    assert [one.address.rpartition("/")[2] for one in found] == ["4.jpg", "3.jpg", "5.jpg"]
    assert found[0].author == "Ann & Bo"
    assert found[0].licence == "CC BY-SA 4.0"
    assert found[0].licence_address == "https://creativecommons.org/licenses/by-sa/4.0"
    assert found[0].page == "https://commons.wikimedia.org/wiki/File:Apple_4.jpg"
    first, second = gallery.asked
    assert first["gsrsearch"] == "red apple filetype:bitmap"
    assert (first["gsrnamespace"], first["iiurlwidth"], first["maxlag"]) == ("6", "960", "5")
    assert second == {**first, "gsroffset": "50", "continue": "gsroffset||"}


def test_what_is_no_picture_or_has_no_details_yet_is_passed_over(
    gallery: GalleryServer, client: Client, search: CommonsSearch
) -> None:
    odd = [
        page(gallery, 1, 1, mime="image/svg+xml", thumbmime="image/svg+xml"),
        {"pageid": 2, "title": "File:Later.jpg", "index": 2},
        page(gallery, 3, 3, thumburl=17, url=None),
        page(gallery, 4, 4, extmetadata=[]),
        {"imageinfo": [None]},
        page(gallery, 5, 5, mime="image/tiff"),  # its thumbnail is a JPEG
    ]
    gallery.answers = [answer(*odd)]
    found = list(search.find(client))
    assert [one.address.rpartition("/")[2] for one in found] == ["4.jpg", "5.jpg"]
    assert found[0].licence == ""


def test_busy_servers_are_asked_again_after_a_while(
    gallery: GalleryServer, client: Client, search: CommonsSearch
) -> None:
    lagged = {"error": {"code": "maxlag", "info": "Waiting for db1: 6 seconds lagged", "lag": 6}}
    gallery.answers = [lagged, 429, 503, answer(page(gallery, 1, 1))]
    assert len(list(search.find(client))) == 1
    assert len(gallery.asked) == 4
    gallery.answers = [lagged] * 10
    with pytest.raises(PassingError, match="busy"):
        list(search.find(client))
    assert len(gallery.asked) == 4 + 5


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"error": {"code": "cirrussearch-error", "info": "Too <b>odd</b>"}}, "cannot search for this: Too <b>odd"),
        (403, "AELAB_CONTACT"),
        (404, "answered 404"),
        ([], "did not answer as the API"),
        (answer(), "no pictures for 'red apple'"),
        ({"batchcomplete": True}, "no pictures for 'red apple'"),
    ],
)
def test_what_the_servers_refuse_is_said(
    gallery: GalleryServer, client: Client, search: CommonsSearch, said: Any, reason: str
) -> None:
    gallery.answers = [said]
    with pytest.raises(LabError, match=reason):
        list(search.find(client))


@pytest.mark.parametrize("search", [CommonsSearch(" "), CommonsSearch("a" * 400), CommonsSearch("a", width=1000)])
def test_a_search_that_cannot_be_is_refused_before_anybody_is_asked(client: Client, search: CommonsSearch) -> None:
    with pytest.raises(LabError, match="must be"):
        list(search.find(client))


def test_a_search_becomes_a_folder_with_credits(gallery: GalleryServer, client: Client, search: CommonsSearch) -> None:
    gallery.answers = [answer(*(page(gallery, number, number) for number in range(1, 9)))]
    collection = collect("fruit", "apples", search, limit=5, client=client)
    assert collection.pictures == 5
    assert len(collected(collection.folder)) == 5
    assert all(one.author == "Ann & Bo" for one in collected(collection.folder).values())
    files = sorted((collection.folder / "apples").iterdir())
    assert {file.read_bytes() for file in files} <= {picture(number) for number in range(1, 9)}


def test_markup_becomes_text() -> None:
    assert plain("<p>Ann &lt;i&gt;\n O'Neil</p><script>alert(1)</script>") == "Ann <i> O'Neil"
    assert plain(None) == ""
    assert len(plain("a" * 5000)) == 300
    assert plain("<style><a") == ""
