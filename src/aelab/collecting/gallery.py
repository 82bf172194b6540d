"""Find the pictures of a gallery page that shows more and more of them as it is scrolled.

A real browser runs the page, because galleries are programs; the pictures it shows are then fetched by
`fetching.Client` like those of any list, so that the same limits and the same robots.txt hold for them.

What a page can still do, and what it cannot: everything the browser asks for goes through `gateway`, so neither
the page nor a redirect reaches this machine or a private network, and names are resolved once.  It can use the
processor and memory of the machine until the visit ends (`MOST_SECONDS`), move `gateway.MOST_MOVED` bytes, and see
the lab's public address, as every server does.  A fault in Chromium itself is held by its sandbox, except for root,
who gets none: do not collect as root outside a container.  The robots.txt is asked about the page, where it
redirects to, and each picture; not about what the page loads for itself, as it does for every visitor.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aelab.collecting.addresses import PassingError, shown, storable
from aelab.collecting.chromium import running_browser
from aelab.collecting.fetching import Client, user_agent
from aelab.collecting.gateway import open_gateway
from aelab.collecting.manifest import Found
from aelab.errors import LabError

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

#: Seconds that a visit may take, fetching included.
MOST_SECONDS: Final = 1800.0

_QUIET_ROUNDS: Final = 4  # without a new picture, then the page is at its end
_LOADING_ROUNDS: Final = 12  # the same while a picture is still on its way, which may never come
_ROUND_MS: Final = 700  # for what scrolling has started to arrive
_STALL_MS: Final = 10_000  # for a page that is not drawn at all
_MOST_ROUNDS: Final = 2000
_LEAST_SIDE: Final = 32  # pixels; what is shown from a smaller file is an icon

# The best address of each picture on the page. A large version that a link leads to comes first if it is wanted;
# then the widest of srcset, lazily loaded or not; then data-src, for which src is often a grey box; then src, unless
# it is an icon, which shows when it has come: until then a patient reader leaves it for the next time.
_PICTURES: Final = r"""
const [large, least, patient] = arguments;
const readable = /\.(jpe?g|png|webp|gif|bmp)([?#]|$)/i;
const unreadable = /image\/(avif|jxl|svg|heic)/i;
const lazy = ["data-srcset", "data-lazy-srcset"], source = ["data-src", "data-original", "data-lazy-src", "data-lazy"];
const absolute = address => { try { return new URL(address, document.baseURI).href; } catch { return ""; } };
const widest = list => {
  let best = "", most = -1;
  for (const [, address, size] of (list || "").matchAll(/\s*([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)/g)) {
    const wide = parseFloat(size || "1");
    if (wide > most) [best, most] = [address, wide];
  }
  return best;
};
const first = (element, names) => names.map(name => element.getAttribute(name)).find(value => value) || "";
let loading = false;
const best = image => {
  if (!first(image, [...lazy, ...source, "srcset"])) {
    if (!image.complete && patient) { loading = true; return ""; }
    if (image.naturalWidth && Math.max(image.naturalWidth, image.naturalHeight) < least) return "";
  }
  const link = large && image.closest("a[href]");
  if (link && readable.test(link.href)) return link.href;
  const sources = image.parentElement?.tagName === "PICTURE"
    ? [...image.parentElement.querySelectorAll("source")].filter(one => !unreadable.test(one.type)) : [];
  for (const one of [image, ...sources]) {
    const address = widest(one.getAttribute("srcset")) || widest(first(one, lazy));
    if (address) return address;
  }
  return first(image, source) || image.currentSrc || image.getAttribute("src") || "";
};
const painted = element => (element.style.backgroundImage.match(/url\(["']?([^"')]+)/) || [])[1]
  || first(element, ["data-bg", "data-background-image"]);
const found = [...document.querySelectorAll("img")].map(best);
for (const element of document.querySelectorAll("[style*='background'], [data-bg], [data-background-image]"))
  found.push(painted(element));
return [[...new Set(found.filter(Boolean).map(absolute).filter(address => /^https?:/.test(address)))], loading];
"""
# Down by most of a window, so that everything is in view once; at the end a little up, which wakes some galleries.
# The time that follows goes by the page's own clock, once it has been drawn: on a busy computer a page that has not
# had its turn is not at its end.
_SCROLL: Final = """
const [wait, stall, answer] = arguments;
const page = document.scrollingElement || document.documentElement, before = page.scrollTop;
page.scrollBy(0, window.innerHeight * 0.9);
const atEnd = page.scrollTop === before;
if (atEnd) { page.scrollBy(0, -50); page.scrollBy(0, 50); }
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(answer, wait, atEnd)));
setTimeout(answer, stall, atEnd);
"""


@dataclass(frozen=True)
class Gallery:
    """A page of pictures.

    Attributes
    ----------
    address : str
    large : bool
        Whether the picture that a thumbnail links to is fetched instead of the thumbnail.
    """

    address: str
    large: bool = False

    @property
    def question(self) -> dict[str, Any]:
        """What is asked, for the manifest."""
        return {"gallery": self.address, "large": self.large}

    @property
    def total(self) -> int | None:
        """Not known before."""
        return None

    def find(self, client: Client) -> Generator[Found, None, None]:
        """Yield pictures as scrolling brings them into the page, until no more come.

        Raises
        ------
        LabError
            If the page may not be visited, cannot be opened, or there is no browser.
        """
        target = client.guard.check(self.address)
        client.robots.check(target)
        with open_gateway(client.guard) as port, running_browser(port, user_agent()) as browser:
            page = _opened(browser, self.address.strip())  # with the part after #, by which some galleries go
            client.robots.check(client.guard.check(page))  # a redirect may have led to where other rules hold
            any_found = False
            for address in _scrolled(browser, self.large):
                any_found = True
                yield Found(storable(address), page=storable(page))
            if not any_found:
                raise LabError("{address} shows no pictures.", address=shown(self.address))


def _opened(browser: Chrome, address: str) -> str:
    """Open a page; return its address, which may be another after redirects."""
    from selenium.common.exceptions import TimeoutException, WebDriverException  # noqa: PLC0415 - an extra

    try:
        browser.get(address)
    except TimeoutException:
        raise PassingError("{address} cannot be visited: it takes too long.", address=shown(address)) from None
    except WebDriverException as error:
        raise PassingError(
            "{address} cannot be visited ({reason}).", address=shown(address), reason=_reason(error)
        ) from None
    page = str(browser.current_url)
    if not page.startswith(("http://", "https://")):
        raise LabError("{address} cannot be visited: it is no page of pictures.", address=shown(address))
    return page


def _scrolled(browser: Chrome, large: bool) -> Iterator[str]:
    from selenium.common.exceptions import WebDriverException  # noqa: PLC0415 - an extra

    seen: set[str] = set()
    quiet, loading = 0, False
    until = time.monotonic() + MOST_SECONDS
    try:
        for _ in range(_MOST_ROUNDS):
            done = quiet >= (_LOADING_ROUNDS if loading else _QUIET_ROUNDS) or time.monotonic() > until
            shown_now, loading = browser.execute_script(_PICTURES, large, _LEAST_SIDE, not done)
            new = [one for one in shown_now if one not in seen]
            seen.update(new)
            yield from new
            if done:
                return
            at_end = browser.execute_async_script(_SCROLL, _ROUND_MS, _STALL_MS)
            quiet = 0 if new or not at_end else quiet + 1
    except WebDriverException as error:
        raise PassingError(
            "The page stopped answering ({reason}); collect again, it goes on where it was.", reason=_reason(error)
        ) from None


def _reason(error: Exception) -> str:
    lines = str(getattr(error, "msg", "") or error).strip().splitlines()
    return shown(lines[0]) if lines else type(error).__name__
