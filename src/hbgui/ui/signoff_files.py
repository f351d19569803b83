"""The file of a sign-off report: HTML, or the same pages as PDF. Made in a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths

from hbgui.core.signoff.signoff import SignOff, file_name
from hbgui.core.signoff.verdict import overall
from hbgui.texts.signoff.page import PLOT, signoff_html, signoff_title
from hbgui.texts.signoff.plot import plot, worth_a_plot
from hbgui.texts.translation import TimeFormat

PDF, HTML = "pdf", "html"

Make = Callable[[Callable[[str], str]], bytes]


def default_name(signoff: SignOff, kind: str) -> str:
    """PBX, day and verdict, as a file name."""
    day = TimeFormat().day(signoff.at)
    return file_name(signoff.profile.label, day, overall(signoff), kind)


def maker(signoff: SignOff, path: Path) -> Make:
    """What makes the content of that file: PDF if its name says so, else HTML."""
    when = TimeFormat()
    if path.suffix.lower() != f".{PDF}":
        return lambda clean: signoff_html(signoff, when, clean).encode()
    # In the GUI thread: the words may be another language's.
    page_words = QCoreApplication.translate("SignOffDialog", "Page {page} of {pages}")

    def make(clean: Callable[[str], str]) -> bytes:
        from hbgui.ui.signoff_pdf import pdf_of  # loads a part of Qt that nothing else needs

        html = signoff_html(signoff, when, clean, paper=True)
        drawing = plot(signoff.attempts, when) if worth_a_plot(signoff.attempts) else ""
        return pdf_of(html, drawing, PLOT, clean(signoff_title(signoff, when)), page_words)

    return make


def folder() -> str:
    """Where such a file is offered to go."""
    places = QStandardPaths.StandardLocation
    documents = QStandardPaths.writableLocation(places.DocumentsLocation)
    if Path(documents).is_dir():
        return documents
    return QStandardPaths.writableLocation(places.HomeLocation)
