"""The zip of a run as it is read: nothing in it is believed, and nothing read whole that may be large."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aelab import storage
from aelab.errors import LabError
from aelab.intake.limits import amount, setting
from aelab.intake.names import printable
from aelab.intake.zips import DAMAGE
from aelab.models.spec import Shape
from aelab.runs import contents
from aelab.runs.run import Run

#: Bytes of a run's files together, unpacked.
MOST_BYTES: Final = setting("MOST_RUN_BYTES", 2 * 1024**3)

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
WEIGHTS: Final = "model.weights.npz"
ONNX: Final = ("encoder.onnx", "decoder.onnx", "restorer.onnx")  # of which a run has some
NETWORKS: Final = (*ONNX, WEIGHTS)
NEEDED: Final = ("config.json", "metrics.json", WEIGHTS)
_SNAPSHOT: Final = re.compile(r"snapshots/epoch-[0-9]{5,7}\.npz")
#: Bytes that files may have which are read whole; the others are bounded together.
_MOST_TEXT: Final = {
    MANIFEST: 4 * 1024**2,
    "config.json": 1024**2,
    "environment.json": 1024**2,
    "about.json": 64 * 1024,
    "metrics.json": 16 * 1024**2,
    "history.jsonl": 64 * 1024**2,
}
_ENCRYPTED: Final = 0x1
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Parcel:
    """A zip whose list of contents, manifest and config are in order; the other files are still to be looked at."""

    archive: zipfile.ZipFile
    what: str
    members: Mapping[str, zipfile.ZipInfo]
    digests: Mapping[str, str]
    run: Run
    shape: Shape

    def unpack(self, folder: Path, progress: Callable[[float], None]) -> None:
        """Write the files into a folder while their digests are made, and look at those."""
        (folder / "snapshots").mkdir()
        for number, (name, member) in enumerate(self.members.items()):
            if name == MANIFEST:
                continue
            digest = hashlib.blake2b()
            with open(folder / name, "wb") as file:
                for chunk in self._chunks(name, member):
                    digest.update(chunk)
                    file.write(chunk)
            if digest.hexdigest() != self.digests[name]:
                raise _damaged(self.what, name, "a checksum is wrong")
            progress(0.5 * number / len(self.members))

    def _chunks(self, name: str, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield a member in pieces; what goes wrong is the zip's, and never that of a full disk."""
        try:
            with self.archive.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except DAMAGE as error:
            raise _damaged(self.what, name, storage.reason(error) or "it ends too early") from None


def opened(archive: zipfile.ZipFile, what: str) -> Parcel:
    """Return the run of a zip called `what`, or raise a `LabError` that says what is wrong with the zip."""
    members = _members(archive, what)
    manifest = contents.read_json(_text(archive, members, MANIFEST, what), MANIFEST)
    if manifest.get("format") != FORMAT:
        raise LabError(
            "{file} is of format {found}, and this lab reads {expected}: bring the older of both labs up to date.",
            file=what,
            found=printable(repr(manifest.get("format"))),
            expected=FORMAT,
        )
    digests = _digests(manifest, members, what)
    if "config.json" not in members:
        raise LabError("{file} holds networks only; export the whole run to bring it here.", file=what)
    for name in NEEDED:
        if name not in members:
            raise LabError("{file} lacks {name}; export the run again.", file=what, name=name)
    config = _text(archive, members, "config.json", what)
    if hashlib.blake2b(config).hexdigest() != digests["config.json"]:
        raise _damaged(what, "config.json", "a checksum is wrong")
    run = contents.run_of(contents.read_json(config, "config.json"))
    return Parcel(archive, what, members, digests, run, contents.shape_of(manifest.get("shape")))


def _members(archive: zipfile.ZipFile, what: str) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, if they are those of a run and not too large."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.orig_filename
        known = name in _MOST_TEXT or name in NETWORKS or _SNAPSHOT.fullmatch(name)
        if not known or name in found or member.flag_bits & _ENCRYPTED:
            raise LabError(
                "{file} holds {name}, which is no part of an exported run; bring the zip that the Compare page or "
                "`aelab runs export` writes.",
                file=what,
                name=printable(name),
            )
        if member.file_size > _MOST_TEXT.get(name, MOST_BYTES):
            raise _too_large(f"{what}: {name}", _MOST_TEXT.get(name, MOST_BYTES))
        found[name] = member
    if sum(member.file_size for member in found.values()) > MOST_BYTES:
        raise _too_large(what, MOST_BYTES)
    if MANIFEST not in found:
        raise LabError(
            "{file} is no exported run: it has no {name}. Bring the zip that the Compare page or `aelab runs export` "
            "writes.",
            file=what,
            name=MANIFEST,
        )
    return found


def _digests(manifest: Mapping[str, Any], members: Mapping[str, Any], what: str) -> dict[str, str]:
    """Return what the manifest says each member's digest is; it has to name all of them and no other."""
    listed = manifest.get("files")
    if not isinstance(listed, dict) or set(listed) != set(members) - {MANIFEST}:
        raise _damaged(what, MANIFEST, "its list of files is another")
    return {name: str(entry.get("blake2b")) if isinstance(entry, dict) else "" for name, entry in listed.items()}


def _text(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, what: str) -> bytes:
    try:
        with archive.open(members[name]) as stream:
            return stream.read(_MOST_TEXT[name] + 1)  # to its end and past it, where the checksum is looked at
    except DAMAGE as error:
        raise _damaged(what, name, storage.reason(error) or "it ends too early") from None


def _too_large(what: str, most: int) -> LabError:
    return LabError("{file} has more than {most} in it, and a run may not.", file=what, most=amount(most))


def _damaged(what: str, name: str, reason: str) -> LabError:
    return LabError(
        "{name} in {file} is not as it was exported ({reason}); export the run again.",
        name=name,
        file=what,
        reason=reason,
    )
