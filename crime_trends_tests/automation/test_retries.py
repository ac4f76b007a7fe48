"""What may pass is tried again, what can't is not, and nobody waits at a terminal for it."""

from __future__ import annotations

import dagster as dg
import pytest

from crime_trends.assets.common import one_line_errors
from crime_trends.automation import retries
from crime_trends.errors import CrimeTrendsError, LakeConflictError, PortalBusyError, PortalError, WarehouseBusyError

POLICY = retries.POLICY
BUSY = [PortalBusyError("no answer"), LakeConflictError("published meanwhile"), WarehouseBusyError("held")]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many attempts as ever, without the minutes between them."""
    monkeypatch.setattr(retries, "POLICY", dg.RetryPolicy(max_retries=POLICY.max_retries, delay=0))


def attempts(error: Exception, passes_after: int = 99, tags: dict[str, str] | None = None) -> tuple[int, bool, str]:
    """How often a step is tried that fails with an error at first, whether it works in the end, and why not."""
    tries = []

    @dg.asset
    def step() -> None:
        with one_line_errors():
            tries.append(error)
            if len(tries) <= passes_after:
                raise error

    result = dg.materialize([step], raise_on_error=False, tags=tags)
    failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    return len(tries), result.success, failures[0].description if failures else ""


@pytest.mark.parametrize("error", BUSY, ids=lambda error: type(error).__name__)
def test_what_passes_works_at_another_attempt(error: Exception) -> None:
    assert attempts(error, passes_after=2) == (3, True, "")


def test_there_is_an_end_to_it_in_one_line() -> None:
    assert attempts(BUSY[0]) == (4, False, "no answer")


@pytest.mark.parametrize(
    "error", [PortalError("withdrawn"), CrimeTrendsError("damaged"), OSError(28, "No space left")], ids=repr
)
def test_what_cannot_pass_is_not_tried_again(error: Exception) -> None:
    tried, worked, _ = attempts(error, passes_after=1)
    assert (tried, worked) == (1, False)


def test_the_run_command_does_not_wait() -> None:
    assert attempts(BUSY[0], tags={retries.COMMAND_TAG: "home"})[0] == 1


def test_pauses_grow_and_differ() -> None:
    def pauses(attempt: int) -> set[float]:
        return {POLICY.calculate_delay(attempt) for _ in range(50)}

    assert len(pauses(1)) > 1
    assert sum(pauses(3)) / len(pauses(3)) > 2 * sum(pauses(1)) / len(pauses(1))
