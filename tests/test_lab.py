"""lab.py on machines as teachers have them: real environments, made from tiny packages that need no network."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

LAB = Path(__file__).parents[1] / "lab.py"
PATIENCE = 120.0  # seconds until a test gives up waiting for something that does not come

posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")

#: Says what it was started with, in place of Streamlit and pytest.
ECHO = "import json, os, sys\nprint(json.dumps({'package': __package__, 'args': sys.argv[1:], 'cwd': os.getcwd()}))\n"

#: A package whose build reports itself and waits for a file called `go`: time in which to interrupt pip.
SLOW_BACKEND = """
import pathlib, shutil, time
def build_wheel(folder, config_settings=None, metadata_directory=None):
    here = pathlib.Path(__file__).parent
    with open(here / "builds", "a") as log:
        log.write("x")
    while not (here / "go").exists():
        time.sleep(0.05)
    return shutil.copy(here / "slow-1.0-py3-none-any.whl", folder) and "slow-1.0-py3-none-any.whl"
"""


@dataclass(frozen=True)
class Lab:
    """A copy of the repository's root that asks for tiny packages only."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def packages(self) -> Path:
        return next(self.venv.rglob("site-packages"))

    def require(self, *lines: str) -> None:
        (self.root / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.root / "lab.py"), *arguments]

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run(self.command(*arguments), **environment)

    def replace_pip(self, code: str) -> None:
        """Let another program answer to `python -m pip` from now on."""
        (self.packages / "pip" / "__main__.py").write_text(code, encoding="utf-8")


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without what would reach pip or the lab."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "AELAB_", "PYTHON"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull} | more


def run(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment(**more), capture_output=True, text=True, check=False)


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """Write a wheel of version 1.0."""
    info = f"{name}-1.0.dist-info"
    content = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in (content | {f"{info}/RECORD": record}).items():
            archive.writestr(inside, text)
    return path


def bare(root: Path) -> Lab:
    """Make a lab that has never been started."""
    wheels = root / "wheels"
    wheels.mkdir(parents=True)
    shutil.copy(LAB, root)
    for name in ("streamlit", "pytest"):
        wheel(wheels, name, {f"{name}/__init__.py": "", f"{name}/__main__.py": ECHO})
    wheel(wheels, "aelab", {"aelab/__init__.py": "", "aelab/cli.py": ECHO})
    (root / "pyproject.toml").write_text("", encoding="utf-8")
    (root / "requirements-dev.txt").write_text("-r requirements.txt\npytest==1.0\n", encoding="utf-8")
    lab = Lab(root)
    lab.require("--no-index", "--find-links wheels", "streamlit==1.0", "aelab==1.0")
    return lab


def slow(lab: Lab) -> Path:
    """Let the lab require a package whose build waits; return the folder in which it waits."""
    folder = lab.root / "slow"
    folder.mkdir()
    wheel(folder, "slow", {"slow.py": ""})
    (folder / "backend.py").write_text(SLOW_BACKEND, encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "slow"\nversion = "1.0"\n',
        encoding="utf-8",
    )
    lab.require("--no-index", "--find-links wheels", "streamlit==1.0", "aelab==1.0", "./slow")
    return folder


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def said(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """Return what the program that the lab became says it was started with."""
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence of a start that failed."""
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, subprocess.CompletedProcess[str], Path]:
    lab = bare(tmp_path_factory.mktemp("lab") / "my lab")  # with a space, as people's folders have
    done = lab.start("--server.port", "8600", "--server.headless", "true")
    backup = lab.root.with_name("backup")
    shutil.copytree(lab.root, backup, symlinks=True)
    return lab, done, backup


@pytest.fixture
def lab(first_start: tuple[Lab, subprocess.CompletedProcess[str], Path]) -> Lab:
    """A lab that was started once; every test gets it as that start left it."""
    lab, _, backup = first_start
    shutil.rmtree(lab.root)
    shutil.copytree(backup, lab.root, symlinks=True)
    return lab


@pytest.fixture
def script(tmp_path: Path) -> Iterator[ModuleType]:
    """lab.py as a module."""
    spec = importlib.util.spec_from_file_location("lab_script", LAB)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module


def test_first_start_makes_an_environment_and_hands_the_options_to_streamlit(
    first_start: tuple[Lab, subprocess.CompletedProcess[str], Path],
) -> None:
    lab, done, _ = first_start
    options = ["--server.port", "8600", "--server.headless", "true"]
    assert said(done) == {
        "package": "streamlit",
        "args": ["run", str(Path("dashboard", "app.py")), *options],
        "cwd": str(lab.root),  # where Streamlit looks for .streamlit/config.toml
    }
    assert "some minutes" in done.stdout


def test_first_start_asks_for_the_starter_lab_without_waiting_for_it(
    first_start: tuple[Lab, subprocess.CompletedProcess[str], Path], lab: Lab, tmp_path: Path
) -> None:
    said(lab.start(AELAB_ARTIFACTS=str(tmp_path / "elsewhere")))
    log = tmp_path / "elsewhere" / "starter.log"
    wait_for(lambda: log.exists() and log.read_text(encoding="utf-8").endswith("\n"))
    assert json.loads(log.read_text(encoding="utf-8"))["args"] == ["starter", "--detach", "--if-empty"]


def test_second_start_runs_no_pip(lab: Lab) -> None:
    lab.replace_pip("raise SystemExit('pip was run')")
    done = lab.start()
    assert said(done)["package"] == "streamlit"
    assert len(done.stdout.splitlines()) == 1


def test_changed_requirements_are_installed(lab: Lab) -> None:
    wheel(lab.root / "wheels", "extra", {"extra.py": ""})
    lab.require("--no-index", "--find-links wheels", "streamlit==1.0", "aelab==1.0", "extra==1.0")
    said(lab.start())
    assert (lab.packages / "extra.py").exists()


def test_tests_are_run_with_their_options_and_bring_what_a_start_needs(tmp_path: Path) -> None:
    lab = bare(tmp_path / "lab")
    assert said(lab.start("test", "-k", "ssim")) == {
        "package": "pytest",
        "args": ["-k", "ssim"],
        "cwd": str(lab.root),
    }
    lab.replace_pip("raise SystemExit('pip was run')")
    assert said(lab.start())["package"] == "streamlit"


def test_help_installs_nothing(tmp_path: Path) -> None:
    lab = bare(tmp_path / "lab")
    done = lab.start("--help")
    assert done.returncode == 0
    assert "python3 lab.py test" in done.stdout
    assert not lab.venv.exists()


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_a_python_that_does_not_fit_is_named_with_those_that_do(script: ModuleType, version: tuple[int, ...]) -> None:
    with pytest.raises(script.SetupError, match=r"needs Python 3\.11, 3\.12 or 3\.13") as caught:
        script.check_python(version)
    assert ".".join(map(str, version)) in str(caught.value)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_a_python_that_fits_is_accepted(script: ModuleType, version: tuple[int, ...]) -> None:
    script.check_python(version)


@pytest.mark.parametrize("name", ["python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.14"])
def test_a_real_python_that_does_not_fit_says_so(name: str) -> None:
    if not shutil.which(name) or run([name, "-c", ""]).returncode:
        pytest.skip(f"{name} is not on this machine")
    assert "AE Lab needs Python 3.11, 3.12 or 3.13" in sentence(run([name, str(LAB)]))


def test_the_sentence_about_the_version_is_not_a_syntax_error_on_an_old_python() -> None:
    ast.parse(LAB.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_a_fresh_machine_needs_the_standard_library_only() -> None:
    nodes = list(ast.walk(ast.parse(LAB.read_text(encoding="utf-8"))))
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in modules} <= sys.stdlib_module_names


def test_a_python_without_pip_is_told_which_package_to_install(tmp_path: Path) -> None:
    lab = bare(tmp_path / "lab")
    code = "import runpy, sys; sys.modules['ensurepip'] = None; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    done = run([sys.executable, "-c", code, str(lab.root / "lab.py")])
    assert f"sudo apt install python3.{sys.version_info[1]}-venv" in sentence(done)


def test_no_network_is_said_and_what_was_installed_still_starts(lab: Lab) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
        index = f"https://127.0.0.1:{closed.getsockname()[1]}/simple"
        before = (lab.root / "requirements.txt").read_text(encoding="utf-8")
        lab.require("streamlit==1.0", "aelab==1.0", "absent==1.0")
        done = lab.start(PIP_INDEX_URL=index, PIP_RETRIES="1", PIP_DEFAULT_TIMEOUT="1")
    assert "connect this machine to the Internet" in sentence(done)
    lab.require(before.strip())
    lab.replace_pip("raise SystemExit('pip was run')")
    assert said(lab.start())["package"] == "streamlit"


@pytest.mark.parametrize(
    ("pip_says", "expected"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n", "disk is full"),
        ("ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded\n", "disk is full"),
        (
            "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection "
            "broken by 'NameResolutionError(\"HTTPSConnection(host='index.example', port=443): Failed to resolve "
            "'index.example' ([Errno -2] Name or service not known)\")': /simple/tinyx/\n"
            "ERROR: Could not find a version that satisfies the requirement tinyx==1.0 (from versions: none)\n"
            "ERROR: No matching distribution found for tinyx==1.0\n",
            "connect this machine to the Internet",
        ),
        (
            "ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.\n",
            "pip says: Cannot install a==1 and b==2",
        ),
    ],
)
def test_what_pip_could_not_do_becomes_one_sentence(lab: Lab, pip_says: str, expected: str) -> None:
    lab.require("# changed")
    lab.replace_pip(f"import sys\nprint({pip_says!r})\nsys.exit(1)\n")
    assert expected in sentence(lab.start())


@posix
def test_a_disk_that_takes_no_more_is_said(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    lab = bare(tmp_path / "lab")
    done = subprocess.run(
        lab.command(),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert "disk is full" in sentence(done)


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_missing_file_of_the_repository_is_named(tmp_path: Path, name: str) -> None:
    lab = bare(tmp_path / "lab")
    (lab.root / name).unlink()
    assert sentence(lab.start()).startswith(f"{name} is missing from {lab.root}")


def test_a_misspelt_command_installs_nothing(tmp_path: Path) -> None:
    lab = bare(tmp_path / "lab")
    assert '"tset"' in sentence(lab.start("tset"))
    assert not lab.venv.exists()


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_installation_that_was_cut_off_is_begun_again(lab: Lab, number: signal.Signals) -> None:
    folder = slow(lab)
    (lab.packages / "half.py").touch()
    process = subprocess.Popen(
        lab.command(), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for((folder / "builds").exists)
    process.send_signal(number)
    if number == signal.SIGKILL:
        (folder / "go").touch()  # the pip that is left alone comes to its end
    errors = process.communicate()[1]
    assert "Traceback" not in errors
    (folder / "go").touch()
    assert said(lab.start())["package"] == "streamlit"
    assert not (lab.packages / "half.py").exists()
    assert (lab.packages / "slow.py").exists()


@posix
def test_two_starts_at_once_install_once(lab: Lab) -> None:
    folder = slow(lab)
    first = subprocess.Popen(lab.command(), env=environment(), stdout=subprocess.PIPE, text=True)
    wait_for((folder / "builds").exists)
    second = subprocess.Popen(lab.command(), env=environment(), stdout=subprocess.PIPE, text=True)
    assert second.stdout is not None
    assert "waiting" in second.stdout.readline()
    (folder / "go").touch()
    assert '"streamlit"' in first.communicate()[0]
    assert '"streamlit"' in second.communicate()[0]
    assert (folder / "builds").read_text(encoding="utf-8") == "x"


def damaged_package(lab: Lab) -> Lab:
    shutil.rmtree(lab.packages / "streamlit")
    return lab


def python_gone(lab: Lab) -> Lab:
    for python in (lab.venv / ("Scripts" if os.name == "nt" else "bin")).glob("python*"):
        python.unlink()
    return lab


def moved(lab: Lab) -> Lab:
    return Lab(lab.root.rename(lab.root.with_name("moved")))


@pytest.mark.parametrize("harm", [damaged_package, python_gone, moved])
def test_an_environment_that_cannot_work_is_made_anew(lab: Lab, harm: Callable[[Lab], Lab]) -> None:
    home = lab.root
    harmed = harm(lab)
    try:
        done = harmed.start()
        assert said(done)["package"] == "streamlit"
        assert "Setting up" in done.stdout
    finally:
        harmed.root.rename(home)


@posix
def test_a_lab_started_by_its_own_environment_can_replace_it(lab: Lab) -> None:
    shutil.rmtree(lab.packages / "streamlit")
    done = run([str(lab.venv / "bin" / "python"), str(lab.root / "lab.py")])
    assert said(done)["package"] == "streamlit"


def test_the_packages_being_fetched_are_shown(script: ModuleType) -> None:
    lines = [
        "Collecting tensorflow==2.21.0 (from -r requirements.txt (line 14))",
        "  Downloading tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl.metadata (4.4 kB)",
        "Downloading tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl (572.4 MB)",
        "Installing collected packages: a, b, c",
    ]
    shown = [script.progress_line(line) for line in lines]
    assert shown == [None, None, "  tensorflow-2.21.0 (572.4 MB)", "  installing 3 packages"]
