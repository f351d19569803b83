"""HTML as Qt's rich text understands it: tables of full width, boxes and headings of our sizes."""

from __future__ import annotations

import re

_BOX = re.compile(r'<section class="verdict (\w+)">(.*?)</section>', re.DOTALL)
_TABLE = '<table width="100%" cellspacing="0" cellpadding="0" '


def for_paper(html: str) -> str:
    """The same page. Nothing that a person or the wire wrote holds a tag, so that only ours are
    changed."""
    html = html.replace("<table class", f"{_TABLE}class")
    html = _BOX.sub(rf'{_TABLE}class="verdict"><tr><td class="\1">\2</td></tr></table>', html)
    html = html.replace('<th scope="row"', '<th scope="row" width="22%"')
    html = html.replace('<td class="sign"', '<td width="46%" class="sign"')
    for level in ("h1", "h2"):
        html = html.replace(f"<{level}>", f'<p class="{level}">').replace(f"</{level}>", "</p>")
    return html
