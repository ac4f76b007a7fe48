"""How a report gets to where people open it."""

from __future__ import annotations

import uuid
from pathlib import Path


def write_report(text: str, path: Path) -> None:
    """Writes the report aside and renames it, so that a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{uuid.uuid4().hex}.tmp")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
