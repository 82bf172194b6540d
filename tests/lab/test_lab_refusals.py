"""What cannot work is said in one sentence: the wrong Python, no network, a full disk, a missing file."""

from __future__ import annotations

import ast
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from machines import LAB, Lab, bare, environment, posix, run, said, sentence


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
