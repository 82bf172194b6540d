"""MNIST and Fashion-MNIST: found, fetched, or said to be missing."""

import functools
import gzip
import hashlib
import http.server
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import _published, store
from aelab.datasets._published import Published, PublishedConfig
from aelab.datasets.fashion_mnist import SPEC as FASHION_MNIST
from aelab.datasets.mnist import SPEC as MNIST
from aelab.errors import LabError

Arrays = dict[str, np.ndarray]


@pytest.fixture(autouse=True)
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the tests off the caches of whoever runs them."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "*")
    return tmp_path / "keras"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let downloads go to a port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setattr(_published, "BASE_URL", f"http://127.0.0.1:{port}/")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Serve a folder in place of the publishers' address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    folder = tmp_path / "served"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setattr(_published, "BASE_URL", f"http://127.0.0.1:{server.server_port}/")
        yield folder
        server.shutdown()
        thread.join()


def saved(path: Path, arrays: Arrays) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


def compressed(folder: Path, idx_folder: Path) -> None:
    folder.mkdir(parents=True)
    for path in idx_folder.iterdir():
        (folder / (path.name + ".gz")).write_bytes(gzip.compress(path.read_bytes()))


def load(spec, **config: str):
    return spec.load(PublishedConfig(**config), [].append)


@pytest.mark.usefixtures("offline")
class TestFoundHere:
    def test_a_file_that_is_given_is_used_with_its_test_set(self, tmp_path: Path, digits_like: Arrays) -> None:
        content = load(MNIST, path=str(saved(tmp_path / "x.npz", digits_like)))
        np.testing.assert_array_equal(content.images[content.test][..., 0], digits_like["x_test"])
        assert content.class_names == tuple("0123456789")

    def test_the_labs_cache_is_used(self, artifacts: Path, digits_like: Arrays, idx_folder: Path) -> None:
        saved(artifacts / "cache" / "mnist.npz", digits_like)
        assert len(load(MNIST).images) == 50
        idx_folder.rename(artifacts / "cache" / "fashion_mnist")
        assert load(FASHION_MNIST).class_names[9] == "Ankle boot"

    def test_keras_cache_is_used(self, keras_home: Path, digits_like: Arrays, idx_folder: Path) -> None:
        saved(keras_home / "datasets" / "mnist.npz", digits_like)
        compressed(keras_home / "datasets" / "fashion-mnist", idx_folder)
        assert len(load(MNIST).images) == 50
        np.testing.assert_array_equal(load(FASHION_MNIST).images[:40, ..., 0], digits_like["x_train"])

    def test_the_dataset_of_that_name_has_the_published_split(self, artifacts: Path, digits_like: Arrays) -> None:
        saved(artifacts / "cache" / "mnist.npz", digits_like)
        dataset = store.open_dataset("mnist")
        assert dataset.indices("test").tolist() == list(range(40, 50))

    def test_a_file_of_something_else_is_refused(self, tmp_path: Path, digits_like: Arrays) -> None:
        wide = {name: np.repeat(array, 2, axis=-1) if name[0] == "x" else array for name, array in digits_like.items()}
        with pytest.raises(LabError, match=r"x\.npz is not MNIST: .* it has 28 × 56 × 1"):
            load(MNIST, path=str(saved(tmp_path / "x.npz", wide)))
        many = digits_like | {"y_train": digits_like["y_train"] + 20}
        with pytest.raises(LabError, match=r"x\.npz is not Fashion-MNIST: .* with labels up to 29"):
            load(FASHION_MNIST, path=str(saved(tmp_path / "x.npz", many)))

    def test_a_damaged_file_in_a_cache_is_named_with_its_place(self, keras_home: Path) -> None:
        path = keras_home / "datasets" / "mnist.npz"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half a download")
        with pytest.raises(LabError, match="MNIST was found at ") as caught:
            load(MNIST)
        assert str(path) in str(caught.value)

    def test_a_cache_that_lacks_one_of_the_files_is_passed_over(self, keras_home: Path, idx_folder: Path) -> None:
        (idx_folder / "t10k-labels-idx1-ubyte").unlink()
        compressed(keras_home / "datasets" / "fashion-mnist", idx_folder)
        with pytest.raises(LabError, match="Fashion-MNIST is not on this machine"):
            load(FASHION_MNIST)


@pytest.mark.usefixtures("offline")
class TestOffline:
    def test_one_sentence_says_which_file_to_put_where(self, artifacts: Path) -> None:
        with pytest.raises(LabError, match="MNIST is not on this machine and could not be downloaded") as caught:
            store.open_dataset("mnist")
        assert f"fetch mnist.npz from {_published.BASE_URL} elsewhere and put it into {artifacts / 'cache'}" in str(
            caught.value
        )
        with pytest.raises(LabError, match=r"t10k-labels-idx1-ubyte\.gz from ") as caught:
            store.open_dataset("fashion_mnist")
        assert str(artifacts / "cache" / "fashion_mnist") in str(caught.value)

    def test_doing_what_the_sentence_says_helps(self, artifacts: Path, idx_folder: Path) -> None:
        with pytest.raises(LabError) as caught:
            store.open_dataset("fashion_mnist")
        folder = Path(caught.value.values["folder"])
        folder.rmdir()
        compressed(folder, idx_folder)
        assert store.open_dataset("fashion_mnist").counts["all"] == 50

    def test_nothing_is_left_or_printed(self, artifacts: Path) -> None:
        code = (
            "from aelab.datasets import _published, store; from aelab.errors import LabError\n"
            f"_published.BASE_URL = {_published.BASE_URL!r}\n"
            "try: store.open_dataset('mnist')\n"
            "except LabError: pass\n"
            "else: raise SystemExit('it was found')"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert not list((artifacts / "cache").iterdir())
        assert store.stored_names() == []


class TestDownload:
    @pytest.fixture
    def tiny(self, served: Path, idx_folder: Path) -> Published:
        """Serve four small files, and describe them as published."""
        compressed(served / "files", idx_folder)
        hashes = {}
        for path in (served / "files").iterdir():
            path.rename(served / path.name)
            hashes[path.name] = f"sha256:{hashlib.sha256((served / path.name).read_bytes()).hexdigest()}"
        return Published("tiny", "Tiny", tuple("0123456789"), hashes, {})

    def test_it_is_fetched_once_and_then_found(self, tiny: Published, served: Path, steps: list[float]) -> None:
        first = _published.load(tiny, PublishedConfig(), steps.append)
        assert steps == sorted(steps)
        assert set(steps) == {0.25, 0.5, 0.75, 1.0}
        for path in served.glob("*.gz"):
            path.unlink()
        again = _published.load(tiny, PublishedConfig(), [].append)
        np.testing.assert_array_equal(first.images, again.images)

    def test_an_interrupted_download_goes_on_with_what_is_missing(self, tiny: Published, served: Path) -> None:
        name = next(path.name for path in served.glob("t10k-labels*"))
        hidden = (served / name).rename(served / "later")
        with pytest.raises(LabError, match="could not be downloaded"):
            _published.load(tiny, PublishedConfig(), [].append)
        hidden.rename(served / name)
        assert len(_published.load(tiny, PublishedConfig(), [].append).images) == 50

    def test_a_download_of_another_content_is_not_used(
        self, served: Path, artifacts: Path, digits_like: Arrays
    ) -> None:
        saved(served / "mnist.npz", digits_like)
        with pytest.raises(LabError, match="MNIST is not on this machine and could not be downloaded"):
            load(MNIST)
        assert not list((artifacts / "cache").iterdir())
