"""Set up AE Lab and start it.

    python3 lab.py [OPTIONS]         start the dashboard; OPTIONS go to Streamlit, such as --server.port 8600
    python3 lab.py test [OPTIONS]    run every test; OPTIONS go to pytest

Everything a fresh machine needs is this file and Python: it makes `.venv`, installs the requirements
into it, and hands over.  It uses the standard library only, and no syntax newer than Python 3.6, so
that an old Python prints a sentence about its version instead of a syntax error.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "Scripts" / "python.exe" if os.name == "nt" else VENV / "bin" / "python")
STAMP = VENV / "lab-ready.json"  # what is installed, whole: written last
UNFINISHED = VENV / "lab-unfinished"  # there while an installation is under way, or after one that was cut off

SUPPORTED = ((3, 11), (3, 12), (3, 13))
REQUIREMENTS = {"run": ["requirements.txt"], "test": ["requirements-dev.txt", "requirements.txt"]}
NEEDED_MODULES = {"run": ["streamlit", "aelab"], "test": ["streamlit", "aelab", "pytest"]}

DISK_SIGNS = re.compile(r"No space left on device|not enough space on the disk|Disk quota exceeded|File too large")
NETWORK_SIGNS = re.compile(
    r"connection broken by|Max retries exceeded|Failed to establish a new connection|Failed to resolve"
    r"|Read timed out|Connection (aborted|refused|reset)|ProxyError|IncompleteRead|from versions: none"
)
FETCHED = re.compile(r"\s*(?:Downloading|Using cached) (?:\S*/)?(\S+?)(?:-(?:py|cp)\d\S*\.whl|\.tar\.gz) (\(.*\))$")

NO_DISK = f"The disk is full: free about 4 GB for {VENV} and the folder of temporary files, then start again."
NO_PIP = (
    "This Python comes without venv and pip: on Debian or Ubuntu run "
    f"`sudo apt install python3.{sys.version_info[1]}-venv`, elsewhere get Python from python.org, then start again."
)


class SetupError(Exception):
    """What keeps the lab from starting, and what to do about it, in one sentence."""


class OfflineError(SetupError):
    """The packages could not be fetched; nothing was changed."""


def main(arguments):
    """Do what the command line asks; return the exit code (on POSIX a start that succeeds never returns)."""
    try:
        check_python(sys.version_info)
        if arguments[:1] in (["-h"], ["--help"]):
            print(__doc__)
            return 0
        if os.environ.get("AELAB_ARTIFACTS"):  # relative to where the command was typed
            os.environ["AELAB_ARTIFACTS"] = str(Path(os.environ["AELAB_ARTIFACTS"]).expanduser().resolve())
        if arguments[:1] == ["test"]:
            prepare("test")
            return hand_over(["-m", "pytest", *arguments[1:]])
        if arguments and not arguments[0].startswith("-"):
            raise SetupError(f'There is no command "{arguments[0]}": use `python3 lab.py` or `python3 lab.py test`.')
        prepare("run")
        queue_starter_lab()
        return hand_over(["-m", "streamlit", "run", str(Path("dashboard", "app.py")), *arguments])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        reason = f"{error.filename or ROOT} cannot be used: {error.strerror}. Put that right, then start again."
        print(NO_DISK if DISK_SIGNS.search(str(error)) else reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next start takes it up again.", file=sys.stderr)
        return 130


def check_python(version):
    """Raise `SetupError` unless `version`, like `sys.version_info`, is one the requirements are made for."""
    if tuple(version[:2]) in SUPPORTED:
        return
    found = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
    remedy = f"start it with `{found[0]} lab.py`" if found else "install one of them from python.org"
    this = f"{version[0]}.{version[1]}.{version[2]}"
    raise SetupError(f"AE Lab needs Python 3.11, 3.12 or 3.13, and this is Python {this}: {remedy}.")


def prepare(kind):
    """Make `.venv` hold what `kind` ("run" or "test") needs; nothing is done when it already does."""
    wanted = fingerprint(kind)
    if is_ready(kind, wanted):
        return
    with only_one_at_a_time() as lock:
        if not is_ready(kind, wanted):  # else another start has installed it meanwhile
            install(kind, wanted, lock)


def fingerprint(kind):
    """Return a digest of every file that makes an installation for `kind` out of date when it changes."""
    digest = hashlib.sha256()
    for name in [*REQUIREMENTS[kind], "pyproject.toml"]:
        try:
            digest.update((ROOT / name).read_bytes())
        except FileNotFoundError:
            raise SetupError(f"{name} is missing from {ROOT}: get the whole repository again.") from None
    return digest.hexdigest()


def is_ready(kind, wanted):
    """Tell whether `.venv` was installed for `wanted` and here, and still starts and finds its main packages."""
    stamp = read_stamp()
    if UNFINISHED.exists() or stamp.get("root") != str(ROOT) or stamp.get(kind) != wanted:
        return False
    return answers(f"all(map(importlib.util.find_spec, {NEEDED_MODULES[kind]}))")


def read_stamp():
    """Return the digests of what is installed, by kind, and the `root` it was installed in."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def answers(question):
    """Tell whether the Python of `.venv` starts, and finds that the expression `question` is true."""
    command = [PYTHON, "-I", "-c", f"import importlib.util, sys; sys.exit(not ({question}))"]
    try:
        return subprocess.call(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


@contextlib.contextmanager
def only_one_at_a_time():
    """Hold a lock on this file, so that two starts do not install into `.venv` at once; yields the open file."""
    with open(__file__, "rb") as file:
        if not locked(file):
            print("Another start is setting up .venv: waiting until it has ended.", flush=True)
            while not locked(file):
                time.sleep(0.5)
        yield file


def locked(file):
    """Try to lock `file` until it is closed; return False if another process holds it."""
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 - only there

            file.seek(2**30)  # a byte far behind the end: on Windows nobody else can read a locked one
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - only there

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system that has no locks is no reason not to start
        pass
    return True


def install(kind, wanted, lock):
    """Install the requirements of `kind` into `.venv`, which is made anew unless it is whole."""
    began = time.time()
    stamp = read_stamp()
    # Not whole: cut off half-way, damaged, or moved (its scripts name the place where they were installed).
    whole = not UNFINISHED.exists() and stamp.get("root") in (None, str(ROOT)) and stamp.get(kind) != wanted
    if whole and answers(f"sys.version_info[:2] in {SUPPORTED} and importlib.util.find_spec('pip')"):
        print(f"Bringing {VENV} up to date; this can take some minutes.", flush=True)
    else:
        print(f"Setting up AE Lab in {VENV}: fetches about 1 GB, fills 3 GB and takes some minutes, once.", flush=True)
        whole, stamp = False, {}
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not whole:
        make_venv()
    try:
        run_pip(REQUIREMENTS[kind][0], lock)
    except OfflineError:
        if whole:  # pip fetches everything before it changes anything: what was installed still is
            UNFINISHED.unlink()
        raise
    stamp.update({"root": str(ROOT), kind: wanted})
    if kind == "test":
        stamp["run"] = fingerprint("run")
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    UNFINISHED.unlink()
    print(f"Ready after {time.time() - began:.0f} s.", flush=True)


def make_venv():
    """Make `.venv` in place of whatever is there; pip in a second step, since venv hides why that fails."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise SetupError(NO_PIP)
    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(str(entry))
        elif entry != UNFINISHED:  # it stays, so that a start which is cut off here is known as one
            entry.unlink()
    # Not sys.executable: that may be the Python of the very .venv which has just been removed.
    base = getattr(sys, "_base_executable", None) or sys.executable
    for command in ([base, "-m", "venv", "--without-pip", str(VENV)], [PYTHON, "-m", "ensurepip", "--default-pip"]):
        code, output = watched(command)
        if code:
            raise SetupError(NO_DISK if DISK_SIGNS.search(output) else f"{VENV} failed: {last_words(output)}")


def run_pip(requirements, lock):
    """Install a requirements file into `.venv`, saying which package is fetched; raise `SetupError` if it fails."""
    command = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    code, output = watched([*command, "--progress-bar", "off", "-r", requirements], show=progress_line, lock=lock)
    if not code:
        return
    if DISK_SIGNS.search(output):
        raise SetupError(NO_DISK)
    if NETWORK_SIGNS.search(output):
        raise OfflineError(
            "The packages could not be fetched: connect this machine to the Internet (or set pip's proxy or index) "
            f"and start again; {last_words(output)}"
        )
    (VENV / "lab-pip.log").write_text(output, encoding="utf-8")
    raise SetupError(f"{requirements} could not be installed (see .venv/lab-pip.log): {last_words(output)}")


def progress_line(line):
    """Return what to show of a line that pip says, or None."""
    fetched = FETCHED.match(line)
    if fetched:
        return "  " + " ".join(fetched.groups())
    if line.startswith("Installing collected packages:"):
        return f"  installing {line.count(',') + 1} packages"
    return None


def watched(command, show=None, lock=None):
    """Run a command in the repository, show its lines through `show`; return its exit code and all it said."""
    process = subprocess.Popen(
        command,
        cwd=str(ROOT),
        env=dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # It inherits the lock: if this process is killed, the next start waits until pip has ended as well.
        pass_fds=(lock.fileno(),) if lock and os.name != "nt" else (),
    )
    said = []
    try:
        for raw in process.stdout:
            said.append(raw.decode("utf-8", "replace"))
            shown = show(said[-1].rstrip()) if show else None
            if shown:
                print(shown, flush=True)
        return process.wait(), "".join(said)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def last_words(output):
    """Return pip's first line of error, else the last line of `output`."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it gave no reason."]
    errors = [line[len("ERROR:") :].strip() for line in lines if line.startswith("ERROR:")]
    return "pip says: " + errors[0] if errors else lines[-1]


def queue_starter_lab():
    """Let the command line queue the starter lab if there is nothing in the artifacts yet, without waiting."""
    artifacts = Path(os.environ.get("AELAB_ARTIFACTS") or ROOT / "artifacts")
    command = [PYTHON, "-m", "aelab.cli", "starter", "--detach", "--if-empty"]
    own = {"start_new_session": True, "creationflags": getattr(subprocess, "DETACHED_PROCESS", 0)}
    with contextlib.suppress(OSError):  # the dashboard says what is wrong with the folder
        artifacts.mkdir(parents=True, exist_ok=True)
        with open(str(artifacts / "starter.log"), "wb") as log:
            subprocess.Popen(command, cwd=str(ROOT), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **own)


def hand_over(arguments):
    """Become the Python of `.venv` with `arguments`, in the repository, where Streamlit finds its settings."""
    sys.stdout.flush()
    os.chdir(str(ROOT))
    if os.name != "nt":
        os.execv(PYTHON, [PYTHON, *arguments])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the console sends Ctrl-C to the child as well, which ends itself
    return subprocess.call([PYTHON, *arguments])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that pip is ended, too
    sys.exit(main([argument for argument in sys.argv[1:] if argument != "--"]))
