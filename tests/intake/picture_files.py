"""Picture files that are made on the spot, and what reading them says."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from aelab.errors import LabError
from aelab.intake.pictures import Picture, read_picture

ORIENTATION, GPS = 0x0112, 0x8825


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def noise(height: int, width: int, channels: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8).squeeze()


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags


def said(found: Picture) -> str:
    return " ".join(map(str, found.notes))


def refusal(data: bytes) -> str:
    with pytest.raises(LabError) as refused:
        read_picture("x.png", data)
    return str(refused.value)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
