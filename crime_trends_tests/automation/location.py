"""The code location whose sensors tick without a pause, for tests with the real daemon.

``HELD`` in the environment names a file. While it exists, whatever loads months of the dataset that it names writes its
process id into a file beside it (``.pid``) and waits, so that a test can kill it in the middle of a step.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import crime_trends.assets.warehouse
from crime_trends.datasets import Dataset
from crime_trends.definitions import build_definitions
from crime_trends.lake.base import Lake
from crime_trends.settings import Settings
from crime_trends.warehouse.base import Warehouse
from crime_trends.warehouse.loading import load_months


def load_when_let(lake: Lake, warehouse: Warehouse, dataset: Dataset, *arguments: Any, **more: Any) -> Any:
    """Loads months once nobody holds their dataset."""
    held = Path(os.environ["HELD"])
    while held.exists() and held.read_text() == dataset.key:
        held.with_suffix(".pid").write_text(str(os.getpid()))
        time.sleep(0.1)
    return load_months(lake, warehouse, dataset, *arguments, **more)


if "HELD" in os.environ:
    crime_trends.assets.warehouse.load_months = load_when_let

defs = build_definitions(Settings.load(), tick_seconds=1)
