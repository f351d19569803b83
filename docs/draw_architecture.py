"""Draws architecture.svg: the layers that pyproject.toml allows, and the imports that are there.

Run it in the project's environment: `.venv/bin/python docs/draw_architecture.py`.
"""

from __future__ import annotations

import ast
import re
import tomllib
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "docs" / "architecture.svg"
HBGUI = ROOT / "src" / "hbgui"

BOX, ROW, LANE, EDGE = 820, 56, 24, 20
"""Pixels: the width of a box, the height of a row, the width of a lane, the margin."""

STYLE = """\
text { font-family: sans-serif; font-size: 13px; fill: #222 } .name { font-weight: bold }
.inner { font-size: 11px; fill: #555 } .layer { fill: #eef1f5 } .box { fill: #fff; stroke: #678 }
path { fill: none; stroke: #357; stroke-width: 1.4 } circle, .head { fill: #357; stroke: none }
"""


def layers() -> dict[str, list[list[str]]]:
    """The layers of each package that has a contract on them, from the top down."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    return {
        contract["containers"][0]: [layer.split(" | ") for layer in contract["layers"]]
        for contract in tool["importlinter"]["contracts"]
        if contract["type"] == "layers"
    }


def imports(packages: list[str]) -> dict[str, set[str]]:
    """For each of the packages the others that it imports from."""
    graph = grimp.build_graph("hbgui", cache_dir=None)
    for package in packages:
        if (HBGUI / package).is_dir():
            graph.squash_module(f"hbgui.{package}")
    return {
        package: {
            other
            for other in packages
            if other != package
            and f"hbgui.{other}" in graph.find_modules_directly_imported_by(f"hbgui.{package}")
        }
        for package in packages
    }


def purpose(package: str) -> str:
    """The beginning of its docstring."""
    path = HBGUI / package / "__init__.py"
    path = path if path.exists() else HBGUI / f"{package}.py"
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return re.split(r"[.:]", text)[0]


def inner(package: str, known: dict[str, list[list[str]]]) -> str:
    """Its own layers from the top down, or its folders."""
    if contract := known.get(f"hbgui.{package}"):
        return " › ".join(" · ".join(layer) for layer in contract)
    return " · ".join(sorted(path.parent.name for path in HBGUI.glob(f"{package}/*/__init__.py")))


def drawing() -> str:
    """The SVG, the same for the same code."""
    known = layers()
    packages = [package for layer in known["hbgui"] for package in layer]
    found = imports(packages)
    middle = {package: EDGE + ROW * n + ROW // 2 for n, package in enumerate(packages)}
    imported = [package for package in packages if any(package in found[p] for p in packages)]
    lane = {package: 2 * EDGE + BOX + LANE * (n + 1) for n, package in enumerate(imported)}
    width, height = max(lane.values()) + EDGE, 2 * EDGE + ROW * len(packages)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
        f"<style>\n{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for layer in known["hbgui"]:
        top = middle[layer[0]] - ROW // 2 + 3
        size = f'width="{BOX + 16}" height="{ROW * len(layer) - 6}"'
        parts.append(f'<rect class="layer" x="{EDGE - 8}" y="{top}" {size} rx="6"/>')
    for package in packages:
        y, right = middle[package], EDGE + BOX
        if lanes := [lane[other] for other in found[package]]:
            parts.append(f'<path d="M{right} {y - 7} H{max(lanes)}"/>')
            parts += [f'<circle cx="{x}" cy="{y - 7}" r="3"/>' for x in sorted(lanes)]
        if package in lane:
            top = min(middle[p] for p in packages if package in found[p]) - 7
            parts.append(f'<path d="M{lane[package]} {top} V{y + 9} H{right + 8}"/>')
            parts.append(f'<path class="head" d="M{right} {y + 9} l9 -5 v10 z"/>')
        box = f'x="{EDGE}" y="{y - 22}" width="{BOX}" height="44" rx="4"'
        parts.append(f'<rect class="box" {box}/>')
        for class_, x, down, text in (
            ("name", 10, -4, package),
            ("purpose", 100, -4, purpose(package)),
            ("inner", 100, 14, inner(package, known)),
        ):
            parts.append(
                f'<text class="{class_}" x="{EDGE + x}" y="{y + down}">{escape(text)}</text>'
            )
    return "\n".join((*parts, "</svg>", ""))


if __name__ == "__main__":
    DRAWING.write_text(drawing(), "utf-8")
