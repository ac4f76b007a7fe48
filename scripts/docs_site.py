"""What ``mkdocs.yml`` can't say of the docs' site: links to files of the repository that are no part of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

LINK = re.compile(r"\[([^\]]*)\]\((\.\./[^)#\s]+)[^)]*\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """A page as the site has it: where a link leads out of ``docs/``, the file's path stands instead."""
    docs = Path(config.docs_dir)
    folder = Path(page.file.abs_src_path).parent

    def inside(link: re.Match[str]) -> str:
        target = (folder / link[2]).resolve()
        if target.is_relative_to(docs) or not target.exists():
            return link[0]
        return f"{link[1]} (`{target.relative_to(docs.parent)}`)"

    return LINK.sub(inside, markdown)
