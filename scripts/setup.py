"""Sets the checkout up: checks the machine, makes ``.venv`` and installs the locked versions into it.

``make`` calls it before everything else, so a finished set-up costs it nothing: a stamp named after the lock file's
content is written last, and a ``.venv`` without its stamp is made anew. The stand-ins for Google Cloud, which the tests
need, get an environment of their own, ``.venv-emulators``: they want other versions of the same packages. Standard
library only, and written so that an old Python can read it far enough to say that it is too old.
"""

import argparse
import hashlib
import importlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

MIN_PYTHON = (3, 11)
MAX_PYTHON = (3, 13)  # the newest that the locked versions are proven on
SYSTEMS = (("Linux", "x86_64"), ("Darwin", "arm64"))

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCK_FILES = {"run": "requirements.lock", "dev": "requirements-dev.lock", "emulators": "requirements-emulators.lock"}


def say(text: str) -> None:
    """One line of progress, visible at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def dotted(version: "tuple[int, ...]") -> str:
    """A version as people write it."""
    return ".".join(str(part) for part in version)


# --- checks: each returns what is wrong and what to do, or an empty text


def check_python() -> str:
    """The Python that runs this, and that ``.venv`` will be made with."""
    wanted = "Python {} to {}".format(dotted(MIN_PYTHON), dotted(MAX_PYTHON))
    if sys.version_info[:2] < MIN_PYTHON:
        return "{} is needed, this is {}; install it, or name one: make PYTHON=/path/to/python3".format(
            wanted, dotted(sys.version_info[:3])
        )
    if sys.version_info[:2] > MAX_PYTHON:
        return "{} is needed, the newer {} is not proven yet; name another: make PYTHON=/path/to/python3".format(
            wanted, dotted(sys.version_info[:3])
        )
    return ""


def check_system() -> str:
    """The machines for which every locked package is published ready to use; the Java package is the choosiest."""
    this = (platform.system(), platform.machine())
    if this not in SYSTEMS:
        return "Linux on x86_64 or macOS on arm64 is needed, this is {} on {}; elsewhere use a container".format(*this)
    return ""


def check_module(name: str) -> str:
    """A part of Python that Debian and Ubuntu package apart."""
    try:
        importlib.import_module(name)
    except ImportError:
        return (
            "Python's {} is missing; on Debian or Ubuntu: apt install python{}-venv (elsewhere a full Python)".format(
                name, dotted(sys.version_info[:2])
            )
        )
    return ""


def check_writable(path: str, what: str) -> str:
    """Whether a file can be made there, or in the closest folder above that exists.

    It is tried: the rights alone don't tell (read-only mounts).
    """
    path = os.path.abspath(path)
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    try:
        with tempfile.TemporaryFile(dir=path):
            return ""
    except OSError as error:
        return "{} can't be written: {}: {}; make it writable or choose another".format(what, path, error.strerror)


def check_free_space(min_free_gb: float) -> str:
    """Room for the packages, a home and their temporary files."""
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if free_gb < min_free_gb:
        return "{:g} GB of free disk are needed, {} has {:.1f} GB; free some or move the checkout".format(
            min_free_gb, ROOT, free_gb
        )
    return ""


def problems(min_free_gb: float) -> "list[str]":
    """Runs every check, says one line for each, and returns what is wrong."""
    home = os.environ.get("CRIME_TRENDS_HOME") or os.path.join(ROOT, ".crime_trends")
    checks = [
        ("Python {}".format(dotted(sys.version_info[:3])), check_python()),
        ("operating system", check_system()),
        ("venv", check_module("venv")),
        ("ensurepip", check_module("ensurepip")),
        ("checkout can be written", check_writable(ROOT, "the checkout")),
        ("home can be written", check_writable(home, "the home (CRIME_TRENDS_HOME)")),
        ("{:g} GB of free disk".format(min_free_gb), check_free_space(min_free_gb)),
    ]
    for name, problem in checks:
        say("  {}: {}".format(name, "NO: " + problem if problem else "ok"))
    if check_writable(os.path.expanduser("~"), "the user's folder"):
        say("  note: the user's folder can't be written, so downloads are not kept for the next set-up")
    return [problem for _, problem in checks if problem]


# --- the environments


def venv_of(kind: str) -> str:
    """The folder of the environment that this kind of set-up makes; the tools join what runs."""
    return os.path.join(ROOT, ".venv-emulators" if kind == "emulators" else ".venv")


def python_of(kind: str) -> str:
    """The Python of that environment."""
    return os.path.join(venv_of(kind), "bin", "python")


def stamp(kind: str) -> str:
    """The file that says that this kind of set-up is complete: its name is the content that was installed.

    The checkout's own path is part of it, since the scripts in a ``.venv`` hold it: a moved checkout is set up anew.
    """
    digest = hashlib.sha256(ROOT.encode())
    for name in (LOCK_FILES[kind],) if kind == "emulators" else (LOCK_FILES[kind], "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return os.path.join(venv_of(kind), ".complete-{}-{}".format(kind, digest.hexdigest()[:16]))


def is_complete(kind: str) -> bool:
    """Whether that kind of set-up is done, and its Python still there."""
    return os.path.exists(stamp(kind)) and os.path.exists(python_of(kind))


def locked_count(kind: str) -> int:
    """How many packages the lock file names."""
    with open(os.path.join(ROOT, LOCK_FILES[kind])) as file:
        return sum("==" in line for line in file)


def pip(kind: str, arguments: "list[str]", log_path: str, expected: int = 0) -> None:
    """Runs pip in an environment; its words go to the log, and every 15 seconds one line says how far it is.

    Raises:
        SystemExit: pip failed; the end of its log has been shown.
    """
    command = [python_of(kind), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    temporary = os.path.join(venv_of(kind), "tmp")  # packages are built there: /tmp can be small
    os.makedirs(temporary, exist_ok=True)
    seen, told = 0, time.monotonic()
    with open(log_path, "a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command + arguments,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd=ROOT,
            env=dict(os.environ, TMPDIR=temporary),
        )
        for line in process.stdout or ():
            log.write(line)
            seen += line.startswith(("Collecting ", "Requirement already satisfied"))
            if expected and time.monotonic() - told > 15:
                told = time.monotonic()
                say("  … {} of {} packages fetched".format(seen, expected) if seen < expected else "  … installing")
    if process.wait() != 0:
        with open(log_path, encoding="utf-8") as log:
            sys.stderr.write("".join(log.readlines()[-30:]))
        sys.exit("set-up failed: pip could not install the packages (the end of {} is above)".format(log_path))


def install(kind: str) -> None:
    """Makes what is missing; each step leaves something that the next call can tell from a finished one."""
    venv = venv_of(kind)
    log_path = os.path.join(venv, "setup.log")
    steps = ("run", "dev") if kind == "dev" else (kind,)
    if not is_complete(steps[0]):
        shutil.rmtree(venv, ignore_errors=True)
        say("set-up: making {} with Python {}".format(os.path.relpath(venv, ROOT), dotted(sys.version_info[:3])))
        if subprocess.call([sys.executable, "-m", "venv", venv]) != 0:
            sys.exit("set-up failed: {} -m venv could not make {}".format(sys.executable, venv))
    for step in steps:
        if is_complete(step):
            continue
        count = locked_count(step)
        say("set-up: installing {} packages for {} (log: {})".format(count, step, os.path.relpath(log_path, ROOT)))
        locked = ["--no-deps", "--no-compile", "--require-hashes", "-r", LOCK_FILES[step]]
        pip(step, ["install", *locked], log_path, expected=count)
        if step == "run":
            pip(step, ["install", "--no-deps", "--no-compile", "--editable", "."], log_path)
        say("set-up: compiling")
        # All cores at once, where pip would compile one file after another. A few packages ship files that are no
        # Python 3, so its exit code says nothing.
        subprocess.call([python_of(step), "-m", "compileall", "-qq", "-j0", os.path.join(venv, "lib")])
        if step == "run":
            archive_classes(log_path)
        with open(stamp(step), "w"):
            pass


def archive_classes(log_path: str) -> None:
    """Makes the archive of Spark's classes; without it each Spark job only starts slower, so a failure is a note."""
    say("set-up: archiving Spark's classes, so that its jobs start faster")
    command = [python_of("run"), "-m", "crime_trends.resources.class_archive"]
    with open(log_path, "a") as log:
        if subprocess.call(command, cwd=ROOT, stdout=log, stderr=log) != 0:
            say(
                "set-up: the archive could not be made ({}); Spark works without it".format(
                    os.path.relpath(log_path, ROOT)
                )
            )


class Alone:
    """Holds the checkout's set-up lock, so that two calls at the same time don't make the same ``.venv``."""

    def __enter__(self) -> None:
        """Waits for the lock, and says so."""
        import fcntl

        self.file = open(os.path.join(ROOT, ".venv.lock"), "a")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("set-up: another one is at work in this checkout; waiting for it")
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        """Lets go of the lock."""
        self.file.close()


def main() -> int:
    """Exit code 0 once the environment is complete, 1 if the installation failed, 2 if the machine lacks something."""
    parser = argparse.ArgumentParser(description="Checks this machine and installs the locked packages into .venv.")
    more = parser.add_mutually_exclusive_group()
    more.add_argument("--dev", action="store_true", help="also install the tools for tests, lint and docs")
    more.add_argument("--emulators", action="store_true", help="install the stand-ins for Google Cloud, apart")
    parser.add_argument("--check", action="store_true", help="only check the machine")
    parser.add_argument("--min-free-gb", type=float, default=4, help="free disk that must be there (default: 4)")
    options = parser.parse_args()
    kind = "emulators" if options.emulators else "dev" if options.dev else "run"
    if not options.check and is_complete(kind):
        return 0

    say("set-up: checking this machine")
    found = problems(options.min_free_gb)
    if found:
        sys.stderr.write("set-up stopped: {} of the checks above failed\n".format(len(found)))
        return 2
    if options.check:
        return 0
    started = time.monotonic()
    with Alone():
        install(kind)
    say("set-up: done in {:.0f} s".format(time.monotonic() - started))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:  # a full disk, a right that is missing in the middle of it
        sys.exit("set-up failed: {}".format(error))
