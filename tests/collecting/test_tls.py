"""A secure address: the name that was checked is the one whose certificate counts, at the IP that was checked."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gallery_server import GalleryServer, picture

from aelab.collecting import connecting
from aelab.collecting.addresses import Guard, PassingError
from aelab.collecting.fetching import Client, Limits


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a certificate for apples.example.org, with its key, that nobody trusts yet."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command, to make a certificate")
    path, key = tmp_path / "apples.pem", tmp_path / "apples.key"
    command = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=apples.example.org",
    ]
    command += ["-addext", "subjectAltName=DNS:apples.example.org", "-keyout", str(key), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[GalleryServer]:
    """Return a server that speaks TLS and remembers the names it was asked for."""
    with GalleryServer() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda line, name, its: server.note(f"sni {name}", {})
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.ended.set()
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _trust_is_read_anew() -> Iterator[None]:
    connecting._trust.cache_clear()
    yield
    connecting._trust.cache_clear()


def fetched(server: GalleryServer, host: str) -> bytes:
    client = Client(Guard(loopback=True, resolve=lambda name, port: ("127.0.0.1",)), Limits(pause=0))
    return client.fetch(f"https://{host}:{server.server_port}/picture/7.jpg", robots=False).check().content


def test_the_servers_name_is_checked_and_sent_although_the_connection_goes_to_an_ip(
    secure: GalleryServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetched(secure, "apples.example.org") == picture(7)
    assert secure.paths == ["sni apples.example.org", "/picture/7.jpg"]


def test_a_certificate_for_another_name_is_refused(
    secure: GalleryServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(PassingError, match="cannot be reached"):
        fetched(secure, "pears.example.org")
    assert "/picture/7.jpg" not in secure.paths


def test_a_certificate_that_nobody_trusts_is_refused(secure: GalleryServer) -> None:
    with pytest.raises(PassingError, match="cannot be reached"):
        fetched(secure, "apples.example.org")
    assert "/picture/7.jpg" not in secure.paths
