"""What every test has: a place of its own to write to, and a way to the real data."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from labs import TrainedLab, taken_lane, train_lab, with_cvae, with_gan, with_unet

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def _artifacts_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # Fixtures that outlive a test run before the next one: without this they would write to the real folder.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(tmp_path_factory.mktemp("session-artifacts")))
        yield


@pytest.fixture(autouse=True)
def artifacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the artifacts folder of this test, which nothing else writes to."""
    folder = tmp_path / "artifacts"
    monkeypatch.setenv("AELAB_ARTIFACTS", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return a function from the name of a file of real data to its path; it skips where that is absent."""

    def find(name: str) -> Path:
        path = _SHARED / name
        if not path.exists():
            pytest.skip(f"needs {name} in ../shared/data, which is not part of the repository")
        return path

    return find


@pytest.fixture(scope="session")
def trained_lab(tmp_path_factory: pytest.TempPathFactory) -> TrainedLab:
    """Return a lab with finished runs that is made once, in about 20 seconds, for every test: only read it."""
    return train_lab(tmp_path_factory.mktemp("trained-lab"))


@pytest.fixture
def lab(trained_lab: TrainedLab, artifacts: Path) -> TrainedLab:
    """Return a copy of the trained lab that is this test's artifacts folder."""
    return trained_lab.copied_to(artifacts)


@pytest.fixture(scope="session")
def trained_gan_lab(trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory) -> TrainedLab:
    """Return the trained lab with one more run, which has no encoder: only read it."""
    return with_gan(trained_lab, tmp_path_factory.mktemp("gan") / "lab")


@pytest.fixture
def gan_lab(trained_gan_lab: TrainedLab, artifacts: Path) -> TrainedLab:
    """Return a copy of the lab with a run that has no encoder; it is this test's artifacts folder."""
    return trained_gan_lab.copied_to(artifacts)


@pytest.fixture(scope="session")
def trained_unet_lab(trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory) -> TrainedLab:
    """Return the trained lab with one more run, which has no code: only read it."""
    return with_unet(trained_lab, tmp_path_factory.mktemp("unet") / "lab")


@pytest.fixture
def unet_lab(trained_unet_lab: TrainedLab, artifacts: Path) -> TrainedLab:
    """Return a copy of the lab with a run that has no code; it is this test's artifacts folder."""
    return trained_unet_lab.copied_to(artifacts)


@pytest.fixture(scope="session")
def trained_cvae_lab(trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory) -> TrainedLab:
    """Return the trained lab with one more run, which is told the class of every image: only read it."""
    return with_cvae(trained_lab, tmp_path_factory.mktemp("cvae") / "lab")


@pytest.fixture
def cvae_lab(trained_cvae_lab: TrainedLab, artifacts: Path) -> TrainedLab:
    """Return a copy of the lab with a run that is told classes; it is this test's artifacts folder."""
    return trained_cvae_lab.copied_to(artifacts)


@pytest.fixture
def heavy_lane_taken(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep every training that the test asks for waiting, so that no worker starts."""
    monkeypatch.setenv("AELAB_WORKERS", "1")
    with taken_lane("train"):
        yield
