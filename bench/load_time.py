"""How long the code location takes to load, beside what importing its libraries alone costs.

Each load is a process of its own, as Dagster starts it for every code server, run and command. Of several the fastest
counts: what else the machine does only ever adds time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.report import progress, table, write_section

LIMIT = 1.3
"""The most that loading may cost, in parts of the imports."""

LIBRARIES = "dagster, dagster_gcp, dagster_dbt"
LOADS = {
    "the interpreter alone": "pass",
    "`import dagster`": "import dagster",
    "`import dagster, dagster_dbt`: what the local target needs": "import dagster, dagster_dbt",
    f"`import {LIBRARIES}`": f"import {LIBRARIES}",
    "the code location, local target": "import crime_trends.definitions",
}
NEEDED, ALL, LOADED = list(LOADS)[2:]


def run(options: argparse.Namespace, folder: Path) -> None:
    """Measures and writes the section. Arguments as those of every benchmark."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CRIME_TRENDS_", "DAGSTER_"))},
        "CRIME_TRENDS_HOME": str(folder / "home"),
    }

    def seconds(statement: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], env=environment, check=True)
        return time.perf_counter() - start

    progress("load time: the first load makes the home and dbt's manifest")
    seconds(LOADS[LOADED])
    found = dict.fromkeys(LOADS, float("inf"))
    for _ in range(options.repeat):
        for name, statement in LOADS.items():
            found[name] = min(found[name], seconds(statement))
            progress(f"load time: {name}: {found[name]:.2f} s")
    rows = [(name, f"{value:.2f} s", f"{value / found[ALL]:.2f}") for name, value in found.items()]
    body = (
        f"Loading the code location costs {found[LOADED] / found[ALL]:.2f} times what `import {LIBRARIES}` costs (the "
        f"limit is {LIMIT}). On this target it needs no `dagster_gcp`: beside the import of the other two alone it "
        f"costs {found[LOADED] / found[NEEDED]:.2f} times as much, for which there is no limit. It reads dbt's "
        "manifest, which is made anew only when the models changed; no network, no Spark. "
        f"Each time is the fastest of {options.repeat}.\n\n" + table(("load", "time", "to the three imports"), rows)
    )
    write_section(
        "Loading the code location", body, ("dagster", "dagster-dbt", "dagster-gcp", "dbt-core"), options.page
    )
