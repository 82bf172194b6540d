"""What every test has: a place of its own to write to, and a way to the real data."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.tasks import train

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


@dataclass(frozen=True)
class TrainedLab:
    """An artifacts folder with the digits and four small runs that real workers have made.

    Attributes
    ----------
    folder : Path
    runs : mapping of str to str
        The run's id by the name of its model: `pca`, `conv_ae`, `vae` (2 latent dimensions), `dae`; 300
        training images and 2 epochs each.
    """

    folder: Path
    runs: Mapping[str, str]


@pytest.fixture(scope="session")
def trained_lab(tmp_path_factory: pytest.TempPathFactory) -> TrainedLab:
    """Return a lab that is made once, in 20 seconds, for every test: to be read. To write, use `lab`."""
    folder = tmp_path_factory.mktemp("trained-lab")
    settings = {"limit": 300, "epochs": 2, "filters": 8, "latent_dim": 8, "batch_size": 32}
    own = {"pca": {"limit": 300, "latent_dim": 8}, "conv_ae": settings, "dae": settings}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(folder))
        patch.setenv("AELAB_WORKERS", "2")
        runs = [train.submit("digits", model, chosen) for model, chosen in own.items()]
        runs.append(train.submit("digits", "vae", settings | {"latent_dim": 2}))
        for run in runs:
            job = jobs.find(run.id)
            assert job is not None
            status = queue.wait(job, lambda now: None)
            assert status.state == "done", (status, (job.folder / "log.txt").read_text(encoding="utf-8"))
    return TrainedLab(folder, {run.model: run.id for run in runs})


@pytest.fixture
def lab(trained_lab: TrainedLab, artifacts: Path) -> TrainedLab:
    """Return a copy of the trained lab that is this test's artifacts folder."""
    shutil.copytree(trained_lab.folder, artifacts)
    return TrainedLab(artifacts, trained_lab.runs)
