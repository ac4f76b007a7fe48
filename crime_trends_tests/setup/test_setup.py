"""The set-up on machines that lack something, and the installation that is done once and only once."""

from __future__ import annotations

import ast
import platform
import runpy
import shutil
import sys
from pathlib import Path

import pytest

from crime_trends_tests.conftest import REPOSITORY
from crime_trends_tests.setup.conftest import Checkout

CHECKS = ["Python", "operating system", "venv", "ensurepip", "checkout", "home", "4 GB of free disk"]


def test_each_check_says_one_line(checkout: Checkout) -> None:
    code, output = checkout.setup("--check")
    lines = output.splitlines()
    assert code == 0
    assert lines[0] == "set-up: checking this machine"
    assert len(lines) == 1 + len(CHECKS)
    for line, name in zip(lines[1:], CHECKS, strict=True):
        assert line.startswith(f"  {name}")
        assert line.endswith(": ok")
    assert not (checkout.path / ".venv").exists()


def test_all_problems_are_named_at_once_and_nothing_is_made(checkout: Checkout) -> None:
    checkout.environment["CRIME_TRENDS_HOME"] = "/dev/null/home"
    code, output = checkout.setup("--min-free-gb", "100000")
    problems = [line for line in output.splitlines() if ": NO: " in line]
    assert code == 2
    assert len(problems) == 2
    assert "the home (CRIME_TRENDS_HOME) can't be written: /dev/null" in problems[0]
    assert "100000 GB of free disk are needed" in problems[1]
    assert "set-up stopped: 2 of the checks above failed" in output
    assert not (checkout.path / ".venv").exists()


def test_missing_ensurepip_names_the_package(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError('as on Debian without the package')\n")
    checkout.environment["PYTHONPATH"] = str(tmp_path)
    code, output = checkout.setup()
    assert code == 2
    assert f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in output


@pytest.mark.parametrize(
    ("version", "words"), [((3, 9, 18), "this is 3.9.18"), ((3, 14, 0), "the newer 3.14.0 is not proven yet")]
)
def test_python_that_is_too_old_or_too_new(
    version: tuple[int, int, int], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, "final", 0))
    monkeypatch.setattr(sys, "argv", ["setup.py", "--check"])
    with pytest.raises(SystemExit) as exit_info:
        runpy.run_path(str(REPOSITORY / "scripts" / "setup.py"), run_name="__main__")
    assert exit_info.value.code == 2
    [line] = [line for line in capsys.readouterr().out.splitlines() if ": NO: " in line]
    assert "Python 3.11 to 3.13 is needed" in line
    assert words in line


def test_machine_for_which_there_is_no_java_package(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    monkeypatch.setattr(sys, "argv", ["setup.py", "--check"])
    with pytest.raises(SystemExit) as exit_info:
        runpy.run_path(str(REPOSITORY / "scripts" / "setup.py"), run_name="__main__")
    assert exit_info.value.code == 2
    assert "macOS on arm64 is needed, this is Linux on aarch64" in capsys.readouterr().out


def test_python_3_6_can_read_the_script_far_enough_to_say_that_it_is_too_old() -> None:
    source = (REPOSITORY / "scripts" / "setup.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__" not in source


def test_the_first_fitting_python_on_the_path_is_taken(checkout: Checkout, tmp_path: Path) -> None:
    too_old = tmp_path / "bin" / "python3"
    too_old.parent.mkdir()
    too_old.write_text("#!/bin/sh\nexit 1\n")
    too_old.chmod(0o755)
    fitting = tmp_path / "bin" / "python3.12"
    fitting.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    fitting.chmod(0o755)
    checkout.environment |= {"PYTHON": "", "PATH": f"{too_old.parent}:/usr/bin:/bin"}
    assert checkout.setup("--check")[0] == 0


def test_python_that_is_not_there(checkout: Checkout) -> None:
    checkout.environment["PYTHON"] = "python-of-nobody"
    code, output = checkout.setup()
    assert code == 2
    assert output.startswith("set-up stopped: python-of-nobody not found; install Python 3.11 to 3.13")


def test_set_up_is_done_once_also_by_two_at_the_same_time(checkout: Checkout) -> None:
    with checkout.start() as one, checkout.start() as other:
        outputs = [process.communicate(timeout=120)[0] for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0)
    assert sum("making .venv" in output for output in outputs) == 1
    assert sum("another one is at work" in output for output in outputs) == 1
    first = checkout.stamps
    assert [stamp.startswith(".complete-run-") for stamp in first] == [True]

    assert checkout.setup() == (0, "")  # and not a word

    code, output = checkout.setup("--dev")
    assert code == 0
    assert "making .venv" not in output  # the tools go on top
    assert len(checkout.stamps) == 2

    (checkout.path / "requirements.lock").write_text("# another\n")
    code, output = checkout.setup()
    assert code == 0
    assert "making .venv" in output
    assert len(checkout.stamps) == 1
    assert checkout.stamps != first


def test_failed_set_up_shows_the_log_and_is_made_anew_also_without_git(checkout: Checkout) -> None:
    lock = checkout.path / "requirements.lock"
    lock.write_text(f"nobodys-package==1 --hash=sha256:{'0' * 64}\n")
    code, output = checkout.setup()
    assert code == 1
    assert "No matching distribution found for nobodys-package==1" in output
    assert output.splitlines()[-1].startswith("set-up failed: pip could not install the packages")
    assert checkout.stamps == []

    leftover = checkout.path / ".venv" / "leftover"
    leftover.touch()
    lock.write_text("# nothing\n")
    tools = checkout.path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or name)
    checkout.environment["PATH"] = str(tools)
    assert checkout.setup()[0] == 0
    assert not leftover.exists()
    assert len(checkout.stamps) == 1


def test_stand_ins_for_google_cloud_have_an_environment_that_changes_with_their_lock_file_alone(
    checkout: Checkout,
) -> None:
    code, output = checkout.setup("--emulators")
    assert code == 0
    assert "making .venv-emulators" in output
    assert not (checkout.path / ".venv").exists()

    (checkout.path / "requirements.lock").write_text("# another\n")
    (checkout.path / "pyproject.toml").write_text("# another\n")
    assert checkout.setup("--emulators") == (0, "")

    (checkout.path / "requirements-emulators.lock").write_text("# another\n")
    code, output = checkout.setup("--emulators")
    assert code == 0
    assert "making .venv-emulators" in output
    assert checkout.setup("--emulators") == (0, "")
