"""The app token of the Socrata portals, which is a secret: from the environment, or from Secret Manager."""

from __future__ import annotations

from crime_trends.settings import Settings


def socrata_app_token(settings: Settings) -> str | None:
    """The token; None if there is none, with which the portals only answer more slowly when they are busy.

    It is read anew each time, so that a new version of the secret counts at once.

    Raises:
        CloudError: Secret Manager does not give it.
    """
    if settings.socrata_app_token is not None:
        return settings.socrata_app_token.get_secret_value()
    if settings.socrata_app_token_version is None:
        return None
    # Google's client takes a while to load, which who has no secret there need not wait for.
    from crime_trends.gcp import read_secret

    return read_secret(settings.socrata_app_token_version, settings.secret_manager_endpoint)
