"""The app token of the Socrata portals, which is a secret: from the environment, or from Secret Manager."""

from __future__ import annotations

from crime_trends.errors import UsageError
from crime_trends.settings import PREFIX, Settings


def socrata_app_token(settings: Settings) -> str | None:
    """The token; None if there is none, with which the portals only answer more slowly when they are busy.

    It is read anew each time, so that a new version of the secret counts at once.

    Raises:
        CloudError: Secret Manager does not give it.
        UsageError: it can't be a token; the message says where it comes from and holds nothing of it.
    """
    if settings.socrata_app_token is not None:
        return _checked(settings.socrata_app_token.get_secret_value(), f"{PREFIX}SOCRATA_APP_TOKEN")
    if settings.socrata_app_token_version is None:
        return None
    # Google's client takes a while to load, which who has no secret there need not wait for.
    from crime_trends.gcp import read_secret

    held = read_secret(settings.socrata_app_token_version, settings.secret_manager_endpoint)
    # Of this encoding any bytes are text, and those that are no ASCII are found below.
    return _checked(held.decode("latin-1"), f"the secret {settings.socrata_app_token_version}")


def _checked(token: str, origin: str) -> str:
    # As the value of a header, anything else would end in an error that shows it.
    token = token.strip()
    if not (token and token.isascii() and token.isprintable()):
        raise UsageError(f"{origin} holds no app token: it must be printable ASCII")
    return token
