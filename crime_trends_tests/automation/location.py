"""The code location whose sensors tick without a pause, for tests with the real daemon."""

from __future__ import annotations

from crime_trends.definitions import build_definitions
from crime_trends.settings import Settings

defs = build_definitions(Settings.load(), tick_seconds=1)
