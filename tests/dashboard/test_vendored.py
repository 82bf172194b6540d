"""Software of others that browsers get from the lab: it is what it says it is, with its licence."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "dashboard" / "static"
FOLDERS = [path for path in STATIC.iterdir() if path.is_dir()]


def sums(folder: Path) -> dict[str, str]:
    """Return the checksums that a folder's README names, by file."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})`", text, re.MULTILINE))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_files_of_others_are_those_their_readme_names(folder: Path) -> None:
    named = sums(folder)
    others = {path.name for path in folder.iterdir() if path.suffix in (".mjs", ".gz") and "Notices" not in path.name}
    assert set(named) == others
    for name, expected in named.items():
        content = (folder / name).read_bytes()
        content = gzip.decompress(content) if name.endswith(".gz") else content
        assert hashlib.sha256(content).hexdigest() == expected, name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_software_of_others_comes_with_its_licence_and_is_the_version_that_is_asked_for(folder: Path) -> None:
    assert "Permission is hereby granted" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert "THIRD PARTY" in gzip.decompress((folder / "ThirdPartyNotices.txt.gz").read_bytes()).decode()
    version = folder.name.rpartition("-")[2]
    assert version in (folder / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert version in (folder / "ort.wasm.bundle.min.mjs").read_text(encoding="utf-8")[:200]
