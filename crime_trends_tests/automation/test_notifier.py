"""The failure notifier: runs that really fail, and a real HTTP server that is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from crime_trends.automation.notifier import failure_notifier
from crime_trends.errors import CrimeTrendsError
from crime_trends.resources.webhook import WebhookResource

PATH = "a-secret-path"


@dataclass
class Webhook:
    """An address that takes messages."""

    url: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Webhook]:
    """A webhook on the loopback interface, which the settings name."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/json"
            hook.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = Webhook(f"http://127.0.0.1:{server.server_port}/{PATH}")
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("CRIME_TRENDS_HOME", str(tmp_path))
        monkeypatch.setenv("CRIME_TRENDS_WEBHOOK_URL", hook.url)
        yield hook
        server.shutdown()


class Notifier:
    """The sensor with its cursor, and a step and a check that do what they are told."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None
        self.tick()

    def run(self, *, failure: str = "", passed: bool = True) -> None:
        """A run of one step, which fails or not, and its blocking check."""

        @dg.asset(check_specs=[dg.AssetCheckSpec("complete", asset="table", blocking=True)])
        def table() -> Iterator[Any]:
            yield dg.AssetCheckResult(check_name="complete", passed=passed, description=None if passed else "2024-03")
            if failure:
                raise dg.Failure(failure)
            yield dg.MaterializeResult()

        dg.materialize([table], instance=self.instance, raise_on_error=False)

    def tick(self) -> dg.SensorResult:
        """One tick."""
        with dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, resources={"webhook": WebhookResource()}
        ) as context:
            result = failure_notifier()(context)
        self.cursor = result.cursor
        return result


@pytest.fixture
def notifier(webhook: Webhook) -> Iterator[Notifier]:
    """The notifier over an instance of its own, from now on."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Notifier(instance)


def test_a_failure_is_one_message_that_says_what_and_why(notifier: Notifier, webhook: Webhook) -> None:
    notifier.run(failure="no space left\non the disk")
    notifier.tick()
    (message,) = webhook.messages
    assert message["failed"] == {"step table": "no space left on the disk"}
    assert "step table: no space left on the disk" in message["text"]
    assert message["run_id"]


def test_a_blocking_check_that_does_not_pass_is_named(notifier: Notifier, webhook: Webhook) -> None:
    notifier.run(passed=False)
    notifier.tick()
    (message,) = webhook.messages
    assert message["failed"]["check complete of table"] == "2024-03"


def test_the_same_failure_is_not_repeated_until_it_worked_in_between(notifier: Notifier, webhook: Webhook) -> None:
    for _ in range(3):
        notifier.run(failure="the portal is down")
        notifier.tick()
    assert len(webhook.messages) == 1
    notifier.run(failure="another reason")
    notifier.tick()
    assert len(webhook.messages) == 2
    notifier.run()
    notifier.run(failure="another reason")
    notifier.tick()
    assert len(webhook.messages) == 3


def test_what_failed_before_it_started_and_what_works_is_not_told(notifier: Notifier, webhook: Webhook) -> None:
    notifier.run(failure="long ago")
    late = Notifier(notifier.instance)
    late.run()
    assert late.tick().skip_reason.skip_message == "nothing new failed"
    assert webhook.messages == []


def test_without_a_webhook_it_is_silent(notifier: Notifier, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRIME_TRENDS_WEBHOOK_URL")
    notifier.run(failure="nobody listens")
    assert "CRIME_TRENDS_WEBHOOK_URL is not set" in notifier.tick().skip_reason.skip_message
    monkeypatch.setenv("CRIME_TRENDS_WEBHOOK_URL", webhook.url)
    notifier.tick()
    assert webhook.messages == []


def test_a_message_that_was_not_taken_is_sent_again_and_the_address_is_never_shown(
    notifier: Notifier, webhook: Webhook
) -> None:
    webhook.status = 500
    notifier.run(failure="no space left")
    with pytest.raises(CrimeTrendsError, match="CRIME_TRENDS_WEBHOOK_URL answered 500") as raised:
        notifier.tick()
    assert PATH not in str(raised.value)
    webhook.status = 200
    notifier.tick()
    assert [message["failed"] for message in webhook.messages] == [{"step table": "no space left"}] * 2
