"""A gallery on this machine as galleries on the web are: lazy, endless, full of repeats, broken and hostile things."""

from __future__ import annotations

import contextlib
import io
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image


def picture(seed: int, form: str = "JPEG", size: int = 64) -> bytes:
    """Return a picture file that is another for every seed."""
    blocks = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(blocks).resize((size, size), Image.Resampling.NEAREST).save(file, form)
    return file.getvalue()


#: Scrolling to the end brings a batch of pictures, as long as there are any; each gets its src when it comes in view.
_ENDLESS = """<!doctype html><title>Apples</title><h1>Apples</h1><main></main><p id=end>...</p>
<script>
const total = %d, batch = 6, main = document.querySelector("main");
let made = 0;
const near = new IntersectionObserver(entries => entries.forEach(entry => {
  if (!entry.isIntersecting) return;
  entry.target.src = entry.target.dataset.later;
  near.unobserve(entry.target);
}));
const end = new IntersectionObserver(entries => {
  if (entries[0].isIntersecting && made < total) setTimeout(() => {
    for (let i = 0; i < batch && made < total; i++, made++) {
      const image = new Image(600, 500);
      image.dataset.later = `/picture/${made %% 20}.jpg`;  // from 20 on, repeats
      main.append(image);
      near.observe(image);
    }
    end.unobserve(entries[0].target);
    end.observe(entries[0].target);
  }, 50);
});
end.observe(document.querySelector("#end"));
</script>"""

_KINDS = """<!doctype html><title>Every way to show a picture</title>
<img src="/picture/100.jpg">
<img src="/picture/101.jpg" srcset="/picture/102.jpg 320w, /picture/103.jpg 1280w, /picture/104.jpg 640w">
<picture><source type="image/avif" srcset="/picture/none.avif"><source srcset="/picture/105.webp 2x, /picture/106.webp">
  <img src="/picture/107.jpg"></picture>
<img src="/icon.png" data-src="/picture/108.jpg">
<img src="/icon.png">
<a href="/picture/110.jpg"><img src="/picture/109.jpg"></a>
<div style="width:200px;height:200px;background-image:url('/picture/111.jpg')"></div>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<img src="picture/112.jpg#part">
"""

#: The second picture comes when the first, which takes longer than a page at its end is watched, has come.
_ONE_BY_ONE = """<!doctype html><title>One by one</title>
<img src="/late.jpg" onload="const next = new Image(90, 90); next.src = '/picture/1.jpg'; document.body.append(next)">
"""

#: What happens to each of these is in the handler.
FAULTY = (
    "/missing.jpg",
    "/page.jpg",
    "/half.jpg",
    "/endless.jpg",
    "/lying.jpg",
    "/short.jpg",
    "/drawing.svg",
    "/loop.jpg",
    "/to/http:%2F%2F10.0.0.1%2Fa.jpg",
    "/to/file:%2F%2F%2Fetc%2Fpasswd",
    "/to/http:%2F%2F169.254.169.254%2Flatest",
    "/private/a.jpg",
    "/bomb.jpg",
)


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    server: GalleryServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.note(path, dict(self.headers))
        known = {
            "/robots.txt": lambda: self.reply(self.server.robots.encode(), "text/plain", self.server.robots_status),
            "/endless": lambda: self.reply((_ENDLESS % 26).encode(), "text/html"),
            "/kinds": lambda: self.reply(_KINDS.encode(), "text/html"),
            "/one-by-one": lambda: self.reply(_ONE_BY_ONE.encode(), "text/html"),
            "/broken": lambda: self.reply(_images(FAULTY), "text/html"),
            "/spying": lambda: self.reply(self.server.spying.encode(), "text/html"),
            "/empty": lambda: self.reply(b"<!doctype html><p>nothing", "text/html"),
            "/icon.png": lambda: self.reply(picture(1, "PNG", 16), "image/png"),
            "/page.jpg": lambda: self.reply(b"<!doctype html><html>gone</html>", "image/jpeg"),
            "/half.jpg": lambda: self.reply(picture(2, size=400)[:3000], "image/jpeg"),
            "/drawing.svg": lambda: self.reply(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            "/loop.jpg": lambda: self.redirect("/loop.jpg"),
            "/utf8": lambda: self.redirect("/picture/ä/7.jpg"),
            "/endless.jpg": self.endless,
            "/lying.jpg": self.lying,
            "/short.jpg": lambda: self.reply(picture(3), "image/jpeg", announced=100_000),
            "/slow.jpg": self.slow,
            "/slow-head.jpg": self.slow_head,
            "/late.jpg": self.late,
            "/bomb.jpg": self.bomb,
            "/busy.jpg": self.busy,
            "/w/api.php": self.api,
        }
        with contextlib.suppress(ConnectionError):
            if path in known:
                known[path]()
            elif path.startswith("/picture/"):
                number = int(path.rpartition("/")[2].partition(".")[0])
                form = "WEBP" if path.endswith(".webp") else "JPEG"
                self.reply(picture(number, form), f"image/{form.lower()}")
            elif path.startswith("/private/"):
                self.reply(picture(4), "image/jpeg")
            elif path.startswith("/to/"):
                self.redirect(path.removeprefix("/to/").replace("%2F", "/"))
            else:
                self.reply(b"not here", "text/plain", 404)

    def reply(self, content: bytes, kind: str, status: int = 200, announced: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if announced is None else announced))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)
        self.close_connection |= announced is not None

    def redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address.encode().decode("latin-1"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        self.close_connection = True
        while not self.server.ended.is_set():
            self.wfile.write(picture(5) * 100)

    def lying(self) -> None:
        """Announce little and send much."""
        self.reply(picture(6)[:500] + bytes(10_000_000), "image/jpeg", announced=500)

    def slow(self) -> None:
        """Send a byte now and then, which meets every timeout between two bytes."""
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        self.close_connection = True
        for byte in picture(8):
            self.wfile.write(bytes([byte]))
            if self.server.ended.wait(0.1):
                return

    def slow_head(self) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.server.ended.wait(0.1):
            self.wfile.write(b"x")

    def late(self) -> None:
        self.server.ended.wait(4.0)
        self.reply(picture(10), "image/jpeg")

    def bomb(self) -> None:
        """Send a little that unpacks to much."""
        import gzip  # noqa: PLC0415

        self.reply(gzip.compress(bytes(50_000_000)), "image/jpeg", Content_Encoding="gzip")

    def busy(self) -> None:
        self.server.busy -= 1
        if self.server.busy >= 0:
            self.reply(b"", "text/plain", 503, Retry_After="1")
        else:
            self.reply(picture(9), "image/jpeg")

    def api(self) -> None:
        """Answer as the API of MediaWiki does, formatversion 2."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        self.server.asked.append(asked)
        answer = self.server.answers.pop(0) if self.server.answers else {"batchcomplete": True}
        if isinstance(answer, int):
            self.reply(b"<!doctype html><h1>Wikimedia Error</h1>", "text/html", answer, Retry_After="0")
        else:
            self.reply(json.dumps(answer).encode(), "application/json", Retry_After="0")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def _images(paths: tuple[str, ...]) -> bytes:
    return ("<!doctype html>" + "".join(f'<img width=90 height=90 src="{path}">' for path in paths)).encode()


class GalleryServer(ThreadingHTTPServer):
    """The server, what it is told to say, and what it was asked."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.robots = "User-agent: *\nDisallow: /private/\n"
        self.robots_status = 200
        self.spying = ""
        self.answers: list[Any] = []
        self.asked: list[dict[str, str]] = []
        self.busy = 1
        self.visits: list[tuple[str, dict[str, str], float]] = []
        self.ended = threading.Event()

    def note(self, path: str, headers: dict[str, str]) -> None:
        self.visits.append((path, headers, time.monotonic()))

    @property
    def paths(self) -> list[str]:
        """What was asked for, in that order."""
        return [path for path, _, _ in self.visits]

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextlib.contextmanager
def running_gallery() -> Iterator[GalleryServer]:
    with GalleryServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.ended.set()
        server.shutdown()
        thread.join()
