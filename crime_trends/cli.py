"""The ``crime-trends`` command. Exit codes: 0 done, 1 failed, 2 usage or settings, 130 interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from crime_trends import __version__
from crime_trends.datasets import DATASETS
from crime_trends.errors import CrimeTrendsError
from crime_trends.months import parse_month

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the arguments name and returns its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        options = _parser().parse_args(arguments)
        return int(options.function(options))
    except CrimeTrendsError as error:
        print(f"crime-trends: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("crime-trends: interrupted; what was published stays, run the same command again", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        print(f"crime-trends: {error.strerror or error}{place}; what was published stays", file=sys.stderr)
        return CrimeTrendsError.exit_code


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crime-trends",
        description="Open crime data of Austin, Los Angeles and San Diego, from the cities' portals to a dashboard.",
        epilog="Settings are environment variables that begin with CRIME_TRENDS_; README.md lists them.",
    )
    parser.add_argument("--version", action="version", version=f"crime_trends {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run",
        help="bring months up to date, from the portals to the dashboard",
        description="Brings everything for some months up to date, from the portals to the dashboard, in the Dagster "
        "instance of the home. Exit code 0 only if all of it worked. A second run of the same months changes nothing.",
    )
    _add_months(run)
    run.add_argument("--sample", action="store_true", help="use the built-in sample portal, which serves made-up data")
    run.add_argument("--dry-run", action="store_true", help="say what would be done and why, and do nothing")
    run.add_argument("--force", action="store_true", help="redo the months although they are up to date")
    run.set_defaults(function=_run)

    status = commands.add_parser(
        "status",
        help="say how new each dataset is, what is stale and which checks fail",
        description="Prints for each dataset the newest event and report, the last fetch, the stale months and the "
        "checks that did not pass. It asks no portal and changes nothing.",
    )
    status.add_argument("--sample", action="store_true", help="of the home that run --sample fills")
    status.set_defaults(function=_status)

    backfill = commands.add_parser(
        "backfill",
        help="hand months of several datasets to the running Dagster as one backfill",
        description="Hands months of several datasets to the Dagster that runs (make dev) as one backfill, from the "
        "portals to the dashboard, and prints its page. Returns at once; the daemon does the work.",
    )
    _add_months(backfill)
    backfill.set_defaults(function=_backfill)

    dev = commands.add_parser(
        "dev",
        help="open Dagster's web UI on the home that run fills",
        description="Serves Dagster's web UI and daemon on 127.0.0.1, on the same instance that run fills.",
    )
    dev.add_argument("--sample", action="store_true", help="serve the built-in sample portal beside it")
    dev.add_argument("--port", type=_port, default=3000, help="port of the web UI (default 3000)")
    dev.set_defaults(function=_dev)

    portal = commands.add_parser(
        "portal",
        help="serve downloaded files as the portals would",
        description="Serves a portal folder on 127.0.0.1 as the cities' portals would. First prints three lines with "
        "the settings that point at it, ready for an environment file.",
    )
    portal.add_argument("--data", type=Path, required=True, metavar="DIR", help="the portal folder")
    portal.add_argument("--port", type=_port, default=0, help="the port (default: a free one)")
    portal.set_defaults(function=_portal)

    sample = commands.add_parser(
        "sample",
        help="write the built-in sample as a portal folder",
        description="Writes the built-in sample, made-up data with the portals' quirks, as a portal folder.",
    )
    sample.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write")
    sample.set_defaults(function=_sample)
    return parser


def _add_months(command: argparse.ArgumentParser) -> None:
    """The options that say which months of which datasets are meant."""
    command.add_argument("--from", dest="first", required=True, metavar="YYYY-MM", help="the first month")
    command.add_argument("--to", dest="last", required=True, metavar="YYYY-MM", help="the last month, included")
    command.add_argument(
        "--dataset",
        dest="datasets",
        action="append",
        default=[],
        choices=list(DATASETS),
        metavar="KEY",
        help=f"only this dataset; may be repeated. One of {', '.join(DATASETS)}",
    )
    command.add_argument(
        "--yes", action="store_true", help="go on with a large backfill on Google Cloud, whose size is printed first"
    )


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; it is a number up to 65535")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    first, last = parse_month(options.first), parse_month(options.last)
    from crime_trends.commands.run import RunRequest, run

    return run(
        RunRequest(
            first=first,
            last=last,
            datasets=tuple(dict.fromkeys(options.datasets)),
            sample=options.sample,
            dry_run=options.dry_run,
            force=options.force,
            yes=options.yes,
        )
    )


def _status(options: argparse.Namespace) -> int:
    from crime_trends.commands.status import status

    return status(sample=options.sample)


def _backfill(options: argparse.Namespace) -> int:
    first, last = parse_month(options.first), parse_month(options.last)
    from crime_trends.commands.backfill import backfill
    from crime_trends.commands.run import RunRequest

    return backfill(RunRequest(first, last, tuple(dict.fromkeys(options.datasets)), yes=options.yes))


def _dev(options: argparse.Namespace) -> int:
    from crime_trends.commands.dev import dev

    return dev(options.port, sample=options.sample)


def _portal(options: argparse.Namespace) -> int:
    from crime_trends.sample.portal import serve_portal

    serve_portal(options.data, options.port)
    return 0


def _sample(options: argparse.Namespace) -> int:
    from crime_trends.sample.generator import write_sample

    write_sample(options.out)
    print(f"the built-in sample is in {options.out}; serve it with: crime-trends portal --data {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
