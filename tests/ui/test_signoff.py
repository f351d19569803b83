"""*Sign-off report…*: what the dialog says, and the files that it writes."""

from __future__ import annotations

import re
import subprocess
import threading
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QPlainTextEdit,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from core.signing import GOOD, beat
from hbgui.adapters.files.history_db import HistoryDb
from hbgui.core import events
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import Place
from hbgui.core.reports.report import Report, decode
from hbgui.core.signoff.signoff import HEARTBEATS_MAX, SignOff
from hbgui.core.values import Secret
from hbgui.texts.signoff.page import PLOT, signoff_html, signoff_title
from hbgui.texts.signoff.plot import plot
from hbgui.texts.translation import TimeFormat
from hbgui.ui.main_window import MainWindow
from hbgui.ui.paper import for_paper
from hbgui.ui.signoff_dialog import SignOffDialog
from hbgui.ui.signoff_pdf import pdf_of
from runtime.world import World
from ui.handling import line, message, press, save_as, text_of

TOKEN = "5e19c0ffee" * 3
WHEN = TimeFormat()


@pytest.fixture(autouse=True)
def token(world: World) -> None:
    world.vault.keep("post", Secret(TOKEN))


def opened(window: MainWindow, qtbot: QtBot) -> SignOffDialog:
    """By the menu, with the mouse."""
    menu = window.commands.menus.pbx
    action = next(a for a in menu.actions() if a.text() == "Sig&n-off report…")
    menu.popup(window.mapToGlobal(QPoint(50, 50)))
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: window.findChild(SignOffDialog) is not None)
    dialog = window.findChild(SignOffDialog)
    qtbot.waitUntil(dialog.isVisible)
    qtbot.waitUntil(dialog.findChild(QPushButton, "saveSignOffButton").isEnabled)
    return dialog


def pick(dialog: SignOffDialog, qtbot: QtBot, path: Path | None = None) -> str:
    """Answer the file dialog; the name that it offered."""
    qtbot.waitUntil(lambda: dialog.findChild(QFileDialog, "signOffFileDialog") is not None)
    files = dialog.findChild(QFileDialog, "signOffFileDialog")
    offered = line(files, "fileNameEdit").text()
    if path is None:
        files.reject()
    else:
        save_as(files, path)
    return offered


def beaten(world: World, qtbot: QtBot) -> None:
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)


def arrived(world: World, event: str = "ExtensionStatus") -> None:
    """hbgui receives, and a report came."""
    world.hub.apply(events.ReceiverChanged("post", ReceiverState(Place("192.168.5.20", 8260))))
    raw = f'{{"event":"{event}","sn":"369160000123"}}'
    at = world.clock.now()
    report = Report(1, at, "192.168.5.150", "/", raw, decode(raw.encode()), pbx_id="post")
    world.hub.apply(events.ReportsArrived("post", (report,)))


def page(path: Path) -> str:
    tree = ElementTree.fromstring(path.read_text("utf-8").partition("\n")[2])
    return " ".join(" ".join(tree.itertext()).split())


def pdf_text(path: Path) -> str:
    ran = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, timeout=30
    )
    return " ".join(ran.stdout.split())


def test_html_by_the_mouse(window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path) -> None:
    beaten(world, qtbot)
    arrived(world)
    dialog = opened(window, qtbot)
    qtbot.waitUntil(lambda: "Passed with open points" in text_of(dialog, "signOffVerdict"))
    assert "no diagnosis was made" in text_of(dialog, "signOffPoints")
    line(dialog, "signOffTechnician").setText("A. Berger")
    line(dialog, "signOffCompany").setText("Fernmeldebau")
    line(dialog, "signOffCustomer").setText("Hotel <Post>, Lindau")
    dialog.findChild(QPlainTextEdit, "signOffNote").setPlainText("All\nticked.")
    dialog.findChild(QComboBox, "signOffKind").setCurrentIndex(1)
    press(dialog, qtbot, "saveSignOffButton")
    file = tmp_path / "signed.html"
    offered = pick(dialog, qtbot, file)
    day = WHEN.day(world.history.now())
    assert offered == f"sign-off Hotel Post {day} passed with open points.html"
    qtbot.waitUntil(lambda: "sign-off report was written" in message(window))
    said = page(file)
    for words in (
        "Passed with open points",
        "Hotel <Post>, Lindau",
        "A. Berger",
        "All ticked.",
        "Of 1 heartbeats 1 were accepted",
        "First in order: ExtensionStatus at http://192.168.5.20:8260/",
        "Serial number 369160000123",
    ):
        assert words in said, words
    assert world.hub.state.desktop.preferences.technician == "A. Berger"
    qtbot.waitUntil(lambda: window.findChild(SignOffDialog) is None)
    again = opened(window, qtbot)
    assert line(again, "signOffTechnician").text() == "A. Berger"
    assert line(again, "signOffCompany").text() == "Fernmeldebau"
    assert line(again, "signOffCustomer").text() == ""
    assert again.focusWidget() is line(again, "signOffCustomer")


def test_pdf_by_the_keyboard(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    beaten(world, qtbot)
    dialog = opened(window, qtbot)
    assert dialog.focusWidget() is line(dialog, "signOffTechnician")
    for words in ("A. Berger", "Fernmeldebau", "Hotel Post"):
        qtbot.keyClicks(dialog.focusWidget(), words)
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClicks(dialog.focusWidget(), "All ticked.")
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.findChild(QComboBox, "signOffKind")
    qtbot.keyClick(line(dialog, "signOffCustomer"), Qt.Key.Key_Return)
    file = tmp_path / "signed.pdf"
    assert pick(dialog, qtbot, file).endswith(" passed with open points.pdf")
    qtbot.waitUntil(lambda: "sign-off report was written" in message(window))
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    said = pdf_text(file)
    for words in ("A. Berger", "Fernmeldebau", "All ticked.", "Not tested", "Page 1 of"):
        assert words in said, words


def test_escape_writes_nothing(window: MainWindow, world: World, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    line(dialog, "signOffTechnician").setText("nobody")
    press(dialog, qtbot, "saveSignOffButton")
    pick(dialog, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(SignOffDialog) is None)
    assert message(window) == ""
    assert world.hub.state.desktop.preferences.technician == ""


def test_the_verdict_follows_what_happens(window: MainWindow, world: World, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    assert text_of(dialog, "signOffVerdict") == "■ Not passed"
    assert "no heartbeat that the PBX accepted" in text_of(dialog, "signOffPoints")
    beaten(world, qtbot)
    qtbot.waitUntil(lambda: text_of(dialog, "signOffVerdict") == "▲ Passed with open points")
    assert "not proven" in text_of(dialog, "signOffSummary")
    arrived(world)
    assert "not proven" not in text_of(dialog, "signOffSummary")


def test_diagnose_from_here(window: MainWindow, world: World, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    button = dialog.findChild(QPushButton, "signOffDiagnoseButton")
    press(dialog, qtbot, "signOffDiagnoseButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].diagnosis.diagnosis is not None)
    qtbot.waitUntil(lambda: not button.isVisible())
    assert "no diagnosis was made" not in text_of(dialog, "signOffPoints")


def test_it_closes_with_its_pbx(window: MainWindow, world: World, qtbot: QtBot) -> None:
    opened(window, qtbot)
    world.supervisor.remove_pbx("post")
    qtbot.waitUntil(lambda: window.findChild(SignOffDialog) is None)


def test_a_file_that_cannot_be_written_is_told(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    world.history.write_document(tmp_path / "file" / "x.html", lambda _clean: b"x")
    qtbot.waitUntil(lambda: "was not written" in message(window))
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_the_token_is_nowhere_in_it(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    profile = world.hub.state.profile("post")
    world.supervisor.save_profile(replace(profile, name=f"Post {TOKEN}"))
    beaten(world, qtbot)
    arrived(world, TOKEN)
    dialog = opened(window, qtbot)
    line(dialog, "signOffCustomer").setText(TOKEN)
    dialog.findChild(QPlainTextEdit, "signOffNote").setPlainText(f"token={TOKEN}")
    press(dialog, qtbot, "saveSignOffButton")
    file = tmp_path / f"signed.{kind}"
    pick(dialog, qtbot, file)
    qtbot.waitUntil(lambda: "was written" in message(window))
    said = page(file) if kind == "html" else pdf_text(file)
    assert "***" in said
    assert TOKEN not in said.replace(" ", "")
    assert TOKEN.encode() not in file.read_bytes()


def test_names_for_screen_readers(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    assert dialog.windowTitle() == "Sign-off report: Hotel Post"
    names = {
        "signOffTechnician": "Technician",
        "signOffCompany": "Company",
        "signOffCustomer": "Customer, site",
        "signOffNote": "Note",
        "signOffKind": "Kind of file",
    }
    for name, spoken in names.items():
        (found,) = [w for w in dialog.findChildren(object) if w.objectName() == name]
        assert found.accessibleName() == spoken


def made(signoff: SignOff) -> bytes:
    html = signoff_html(signoff, WHEN, paper=True)
    drawing = plot(signoff.attempts, WHEN) if signoff.attempts else ""
    return pdf_of(html, drawing, PLOT, signoff_title(signoff, WHEN), "Page {page} of {pages}")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("beats", "pages"), [(0, 2), (2, 2), (HEARTBEATS_MAX, 5)])
def test_pages_from_another_thread(tmp_path: Path, beats: int, pages: int) -> None:
    """And without a warning of Qt, which would fail the test."""
    attempts = tuple(beat(float(n)) for n in range(beats, 0, -1))
    signoff = replace(GOOD, attempts=attempts)
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(made(signoff)))
    thread.start()
    thread.join(60)
    (data,) = found
    count = data.count(b"/Type /Page\n")
    assert count == pages or (beats == HEARTBEATS_MAX and count > pages)
    width, height = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data).groups()
    assert (round(float(width)), round(float(height))) == (595, 842), "not A4"
    (tmp_path / "x.pdf").write_bytes(data)
    said = pdf_text(tmp_path / "x.pdf")
    assert f"Page {count} of {count}" in said
    assert "Signatures" in said
    assert said.count("● Accepted") == beats


def test_a_history_that_could_not_be_used_is_told_as_unread(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    """It is damaged, and another program has it open: what is kept is of this run only."""
    file = tmp_path / "history.db"
    qtbot.waitUntil(file.exists)
    other = HistoryDb(file, str)
    read: list[bool] = []
    world.history.looked_back.connect(lambda _number, _rows, whole: read.append(whole))
    world.history.look_back("post", 1)
    qtbot.waitUntil(lambda: read == [True], timeout=30_000)
    assert other.open() == []
    file.write_bytes(b"\xff" * file.stat().st_size)
    dialog = opened(window, qtbot)
    other.close()
    assert "Whether the PBX accepted a heartbeat is not known" in text_of(dialog, "signOffPoints")
    assert "no heartbeat that the PBX accepted" not in text_of(dialog, "signOffPoints")


def words_of(data: bytes, path: Path) -> list[list[tuple[str, float]]]:
    """Each page's words and how far down they are, in shares of the page."""
    path.write_bytes(data)
    ran = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, timeout=60
    )
    pages = ran.stdout.split("<page ")[1:]
    word = re.compile(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="[\d.]+">([^<]*)<')
    return [[(said, float(y) / 842) for y, said in word.findall(page)] for page in pages]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("kinds", range(0, 36, 3))
def test_no_page_break_cuts_the_drawing_and_page_1_is_full(tmp_path: Path, kinds: int) -> None:
    """However much stands above it: heading, scale, legend and sentence are on one page."""
    attempts = tuple(beat(float(n)) for n in range(20, 0, -1))
    counted = {f"Kind{n}": 1 for n in range(kinds)}
    arrivals = replace(GOOD.arrivals, events=counted)
    data = made(replace(GOOD, attempts=attempts, arrivals=arrivals))
    pages = words_of(data, tmp_path / "x.pdf")
    (drawn,) = [page for page in pages if any(said == "answered" for said, _y in page)]
    order = ["Heartbeats", "50", "25", "0", "not", "answered"]
    after = dict(drawn)["Heartbeats"]
    down = [min(y for said, y in drawn if said == word and y >= after) for word in order]
    assert down == sorted(down)
    assert down[-1] - down[0] < 0.25, "the drawing is as high as its room"
    foot = 0.9
    assert max(y for _said, y in pages[0] if y < foot) > 0.75


@pytest.mark.usefixtures("qapp")
def test_nothing_of_the_page_is_lost_on_paper() -> None:
    document = QTextDocument()
    document.setHtml(for_paper(signoff_html(GOOD, WHEN, paper=True)))
    tree = ElementTree.fromstring(signoff_html(GOOD, WHEN, paper=True).partition("\n")[2])
    shown = document.toPlainText().split()
    wanted = " ".join(" ".join(tree.find("body").itertext()).split()).split()
    assert sorted(w for w in shown if w != "\N{OBJECT REPLACEMENT CHARACTER}") == sorted(wanted)
