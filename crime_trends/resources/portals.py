"""The portals as a Dagster resource: where they are and how they are asked."""

from __future__ import annotations

import dagster as dg

from crime_trends.settings import Settings


class PortalsResource(dg.ConfigurableResource):
    """The cities' portals, as the settings name them.

    The settings are read when a step runs, so that the app token is never part of the code location's configuration.
    """

    def settings(self) -> Settings:
        """The settings of the process that runs the step."""
        return Settings.load()
