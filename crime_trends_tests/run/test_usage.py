"""What a user gets wrong ends in one line and exit code 2, before anything is done."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from crime_trends.settings import Settings
from crime_trends_tests.conftest import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["run", "--from", "2024-13", "--to", "2024-05"], "2024-13"),
        (["run", "--from", "March", "--to", "2024-05"], "March"),
        (["run", "--from", "2024-05", "--to", "2024-03"], "--to 2024-03 lies before --from 2024-05"),
        (["run", "--from", "2024-03", "--to", "2024-05", "--dataset", "chicago"], "chicago"),
        (["run", "--from", "2012-01", "--to", "2012-02", "--dataset", "san_diego_nibrs_offenses"], "2020-01"),
        (["run", "--from", "1999-01", "--to", "1999-02"], "no dataset has a month"),
        (["run"], "--from"),
        (["portal", "--data", "no/such/folder"], "no/such/folder"),
        (["portal"], "--data"),
        (["portal", "--data", ".", "--port", "70000"], "70000"),
        (["dev", "--port", "web"], "web"),
    ],
)
def test_wrong_use_is_exit_2_with_a_line_that_names_it(home: Home, arguments: list[str], named: str) -> None:
    result = home.command(*arguments)
    assert result.returncode == 2
    assert named in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("AUSTIN_URL", "data.example.org"), ("HTTP_ATTEMPTS", "0"), ("TARGET", "mars"), ("SPARK_MEMORY", "much")],
)
def test_wrong_setting_is_named(home: Home, name: str, value: str) -> None:
    home.settings[f"CRIME_TRENDS_{name}"] = value
    result = home.run("2024-03", "2024-03")
    assert result.returncode == 2
    assert f"CRIME_TRENDS_{name}" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_made_up_data_never_go_to_google_cloud(home: Home) -> None:
    home.settings |= {
        f"CRIME_TRENDS_{name}": value
        for name, value in {"TARGET": "gcp", "SPARK": "local", "GCP_PROJECT": "crimes", "LAKE_BUCKET": "lake"}.items()
    }
    result = home.run("2024-03", "2024-03", "--sample")
    assert result.returncode == 2
    assert result.stderr == (
        "crime-trends: --sample works on this machine alone, but CRIME_TRENDS_TARGET is gcp; unset it, or set it to "
        "local\n"
    )
    assert not home.path.exists()


def test_settings_of_the_working_directory_count_there_and_in_no_test(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CRIME_TRENDS_TARGET=mars\n")
    result = home.run("2024-03", "2024-03")
    assert result.returncode == 2
    assert "CRIME_TRENDS_TARGET" in result.stderr
    monkeypatch.chdir(tmp_path)
    assert Settings.load().target == "local"


def test_a_home_that_dagster_would_take_for_a_pattern_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home [1]")
    result = home.run("2024-03", "2024-03")
    assert result.returncode == 2
    assert f"{home.path}/dagster can't be Dagster's home" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_dagster_home_that_dagster_would_refuse_is_named(home: Home) -> None:
    home.settings["DAGSTER_HOME"] = "some/folder"
    result = home.run("2024-03", "2024-03")
    assert result.returncode == 2
    assert "DAGSTER_HOME" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["portal", "dev"])
def test_port_in_use_is_one_line(home: Home, command: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        (tmp_path / "austin").mkdir()
        more = ["--data", str(tmp_path)] if command == "portal" else []
        result = home.command(command, *more, "--port", port)
    assert result.returncode == 2
    assert port in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_datasets_that_were_not_named_are_left_out_with_a_note(home: Home) -> None:
    home.settings |= {
        f"CRIME_TRENDS_{city}_URL": "http://127.0.0.1:9" for city in ("AUSTIN", "LOS_ANGELES", "SAN_DIEGO")
    }
    home.settings["CRIME_TRENDS_HTTP_ATTEMPTS"] = "1"
    result = home.run("2012-01", "2012-01", "--dry-run")
    assert "san_diego_nibrs_offenses is left out: it has 2020-01 to now" in result.stderr


def test_help_explains_each_command(home: Home) -> None:
    for command in ([], ["run"], ["dev"], ["portal"], ["sample"]):
        result = home.command(*command, "--help")
        assert result.returncode == 0
        assert "usage: crime-trends" in result.stdout


def test_a_home_that_cannot_be_written_is_one_line(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    home.path = tmp_path / "file" / "home"
    result = home.run("2024-03", "2024-03")
    assert result.returncode == 1
    assert str(home.path) in result.stderr
    assert "CRIME_TRENDS_HOME" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
