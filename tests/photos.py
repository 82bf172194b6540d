"""Pictures to bring: painted by chance, in folders, or on a server of this machine."""

from __future__ import annotations

import contextlib
import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

SERVED = 10  # pictures on the server
_SIDE = 300  # pixels: a gallery's pictures must be larger than its icons


def painted(seed: int, height: int = 20, width: int = 20) -> bytes:
    """Return a PNG of chance."""
    picture = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(picture, "PNG")
    return picture.getvalue()


def put_photos(folder: Path, each: int, size: tuple[int, int]) -> Path:
    """Put smooth pictures of chance, (height, width), into folders of two classes; no two are alike."""
    rng = np.random.default_rng(0)
    for name in ("apples", "pears"):
        (folder / name).mkdir(parents=True)
        for number in range(each):
            coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(coarse).resize((size[1], size[0])).save(folder / name / f"{number}.png")
    return folder


class _Pictures(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        number = self.path.strip("/").removesuffix(".png")
        if self.path == "/gallery":
            images = "".join(f'<img src="/{each}.png" width="{_SIDE}" height="{_SIDE}">' for each in range(3))
            self._answer("text/html", f"<html><body>{images}</body></html>".encode())
        elif number.isdecimal() and int(number) < SERVED:
            self._answer("image/png", painted(int(number), _SIDE, _SIDE))
        else:
            self.send_error(404)

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving_pictures() -> Iterator[str]:
    """Serve /0.png to /9.png, and /gallery with a page of three of them; yield the server's address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pictures) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
