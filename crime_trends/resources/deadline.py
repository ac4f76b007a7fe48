"""A deadline for what has none: Spark's session and its connectors, which wait for an answer as long as it takes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from crime_trends.cloud_settings import PREFIX
from crime_trends.errors import CrimeTrendsError

AGAIN_SECONDS = 1.0
"""How soon what is not ended by the first alarm, since Python drops errors in finalizers, gets the next."""


class _Passed(KeyboardInterrupt):
    """As Ctrl+C, after which py4j gives up the connection on which Java does not answer."""


@contextmanager
def deadline(seconds: float, what: str) -> Iterator[None]:
    """Ends the block when it takes too long, wherever it waits.

    Only the main thread can be woken so, which is where Dagster runs steps.

    Arguments:
        seconds: how long it may take.
        what: what is done, for the message.

    Raises:
        CrimeTrendsError: it took longer.
    """

    def end(*_: object) -> NoReturn:
        raise _Passed

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    except _Passed:
        raise CrimeTrendsError(
            f"{what} was not done after {seconds:g} seconds and is ended; if nothing is wrong and it needs longer, set "
            f"{PREFIX}SPARK_SESSION_DEADLINE_SECONDS"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
