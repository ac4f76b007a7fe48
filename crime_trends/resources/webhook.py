"""The webhook that is told of failures, as a Dagster resource."""

from __future__ import annotations

from typing import Any

import dagster as dg
import requests

from crime_trends.errors import CrimeTrendsError
from crime_trends.portals.http import is_loopback
from crime_trends.settings import PREFIX, Settings

SECONDS = 20.0


class WebhookResource(dg.ConfigurableResource):
    """An address that takes JSON messages, as the settings name it.

    The address often holds a secret, so it is read when it is used and is part of no configuration and no message.
    """

    def is_set(self) -> bool:
        """Whether there is one."""
        return Settings.load().webhook_url is not None

    def post(self, message: dict[str, Any]) -> None:
        """Sends one message.

        Raises:
            CrimeTrendsError: it was not taken.
        """
        address = Settings.load().webhook_url
        if address is None:
            return
        session = requests.Session()
        session.trust_env = not is_loopback(address.get_secret_value())
        try:
            answer = session.post(address.get_secret_value(), json=message, timeout=SECONDS)
        except requests.RequestException as error:
            # The error's own text holds the address.
            raise CrimeTrendsError(f"{PREFIX}WEBHOOK_URL can't be reached ({type(error).__name__})") from None
        if not answer.ok:
            raise CrimeTrendsError(f"{PREFIX}WEBHOOK_URL answered {answer.status_code}")
