"""The sign-off report as a PDF for A4. Any thread; no window is needed."""

from __future__ import annotations

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEventLoop,
    QIODevice,
    QMarginsF,
    QPointF,
    QRectF,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextImageFormat,
)
from PySide6.QtSvg import QSvgRenderer

from hbgui.ui.paper import for_paper

DPI = 600
MARGIN_MM = 16.0
FOOT_MM = 8.0
"""Height of the line with the page number."""

SCREEN_DPI = 96
"""In which the pages count pixels."""

HEADING_PT = 11.5
"""Size of the headings of sections in the style sheet for paper."""

HEADING_ROOM_MM = 30.0

_INK, _MUTED = "#1a1f29", "#586171"
_FAMILIES = ["Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Arial"]


def pdf_of(html: str, drawing: str, name: str, title: str, page_words: str) -> bytes:
    """The pages as a file. `drawing` is the SVG of the picture `name`, empty without one;
    `page_words` holds {page} and {pages}."""
    # The layout of a document has a timer. A thread that is not Qt's has nothing for it to run on.
    loop = QEventLoop()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, title)
    document = _document(html, name, writer)
    picture = QSvgRenderer(QByteArray(drawing.encode())) if drawing else None
    place = _place(document)
    painter = QPainter(writer)
    pages = document.pageCount()
    for page in range(pages):
        if page:
            writer.newPage()
        _paint(painter, document, page, picture, place)
        said = page_words.replace("{page}", str(page + 1)).replace("{pages}", str(pages))
        _foot(painter, document.pageSize(), title, said)
    painter.end()
    del document, loop
    return bytes(buffer.data().data())


def _writer(buffer: QBuffer, title: str) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setTitle(title)
    writer.setCreator("hbgui")
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM - 2)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            margins,
            QPageLayout.Unit.Millimeter,
        )
    )
    return writer


def _document(html: str, name: str, writer: QPdfWriter) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    font = QFont(_FAMILIES, 10)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    document.setDefaultFont(font)
    # Room only: the drawing itself is painted as lines and not as dots.
    document.addResource(QTextDocument.ResourceType.ImageResource, name, _nothing())
    foot = FOOT_MM / 25.4 * DPI
    document.setPageSize(QSizeF(writer.width(), writer.height() - foot))
    document.setHtml(for_paper(html))
    _keep_headings(document)
    return document


def _keep_headings(document: QTextDocument) -> None:
    """Put a heading that would stand at the end of a page on the next one. A layout of rich text
    knows no such rule."""
    layout, height = document.documentLayout(), document.pageSize().height()
    scale = DPI / SCREEN_DPI
    document.pageCount()  # lays it all out; else later blocks have no place yet
    block = document.begin()
    while block.isValid():
        if block.charFormat().fontPointSize() == HEADING_PT:
            top = layout.blockBoundingRect(block).top()
            # With what follows: a picture is not divided.
            drawn = _image(block.next())
            room = HEADING_ROOM_MM / 25.4 * DPI + (drawn[1].height() * scale if drawn else 0)
            if top // height != (top + room) // height:
                form = block.blockFormat()
                form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(block).setBlockFormat(form)
        block = block.next()


def _place(document: QTextDocument) -> QRectF | None:
    """Where the picture is, None without one: it is painted over the room that is kept for it."""
    block = document.begin()
    while block.isValid():
        if found := _image(block):
            position, image = found
            size = QSizeF(image.width(), image.height()) * (DPI / SCREEN_DPI)
            # A line that does not fit is on the next page: the block begins before it.
            line = block.layout().lineForTextPosition(position).position()
            corner = document.documentLayout().blockBoundingRect(block).topLeft() + line
            return QRectF(corner, size)
        block = block.next()
    return None


def _image(block: QTextBlock) -> tuple[int, QTextImageFormat] | None:
    """The picture in the block and its position there."""
    fragments = block.begin()
    while block.isValid() and not fragments.atEnd():
        fragment = fragments.fragment()
        if fragment.charFormat().isImageFormat():
            return fragment.position() - block.position(), fragment.charFormat().toImageFormat()
        fragments += 1
    return None


def _nothing() -> QImage:
    image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _paint(
    painter: QPainter,
    document: QTextDocument,
    page: int,
    picture: QSvgRenderer | None,
    place: QRectF | None,
) -> None:
    size = document.pageSize()
    view = QRectF(QPointF(0, page * size.height()), size)
    painter.save()
    painter.translate(0, -view.top())
    painter.setClipRect(view)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = view
    context.palette.setColor(QPalette.ColorRole.Text, QColor(_INK))
    document.documentLayout().draw(painter, context)
    if picture is not None and place is not None and place.intersects(view):
        picture.render(painter, place)
    painter.restore()


def _foot(painter: QPainter, size: QSizeF, title: str, page_words: str) -> None:
    painter.save()
    font = QFont(_FAMILIES, 8)
    painter.setFont(font)
    painter.setPen(QColor(_MUTED))
    line = QRectF(0, size.height(), size.width(), FOOT_MM / 25.4 * DPI)
    bottom = Qt.AlignmentFlag.AlignBottom
    room = line.adjusted(0, 0, -line.width() * 0.25, 0)
    short = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, int(bottom | Qt.AlignmentFlag.AlignLeft), short)
    painter.drawText(line, int(bottom | Qt.AlignmentFlag.AlignRight), page_words)
    painter.restore()
