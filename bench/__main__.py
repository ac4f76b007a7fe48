"""Runs benchmarks: ``python -m bench`` all of them, ``python -m bench cleaning`` the one of that name."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import cleaning, load_time
from bench.report import PAGE

BENCHMARKS: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "cleaning": cleaning.run,
    "load_time": load_time.run,
}
"""Name -> what measures and writes its section: takes the command's options and an empty folder for its files."""


def main() -> None:
    """Runs the benchmarks that the command names."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the project; see bench/RESULTS.md.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--repeat", type=int, default=3, help="how often each thing is measured (default: 3)")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the results go (default: bench/RESULTS.md)")
    cleaning.add_options(parser)
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(BENCHMARKS)):
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    for name in options.names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
            BENCHMARKS[name](options, Path(folder))


if __name__ == "__main__":
    main()
