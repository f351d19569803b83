"""The links of a diagnosis as a list model, for the eye and for screen readers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from hbgui.core.diagnosis import DiagnosisStep, StepVerdict
from hbgui.texts.diagnosis import Finding, step_finding, step_name, verdict_word

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class DiagnosisModel(QAbstractListModel):
    """One row a link, in the order of the chain."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[DiagnosisStep, ...] = ()

    def show_steps(self, steps: tuple[DiagnosisStep, ...]) -> None:
        """Show these; rows that stay keep their selection."""
        before = self._steps
        if [step.id for step in before] != [step.id for step in steps]:
            self.beginResetModel()
            self._steps = steps
            self.endResetModel()
            return
        self._steps = steps
        for row, (old, new) in enumerate(zip(before, steps, strict=True)):
            if old is not new:
                self.dataChanged.emit(self.index(row), self.index(row))

    def step(self, index: Index) -> DiagnosisStep:
        """The link of a row."""
        return self._steps[index.row()]

    def time(self, index: Index) -> str:
        """What the link took, empty when nothing was done."""
        ms = self.step(index).ms
        return "" if ms is None else self.tr("{number} ms").replace("{number}", f"{ms:.0f}")

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._steps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return step_name(self.step(index).id)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(index)
        return None

    def _spoken(self, index: Index) -> str:
        step = self.step(index)
        found = found_at(step)
        head = f"{step_name(step.id)}: {verdict_of(step)}"
        parts = (f"{head}.", found.observation, found.cause, found.cure, self.time(index))
        return " ".join(part for part in parts if part)


def found_at(step: DiagnosisStep) -> Finding:
    """What is said of a link; nothing while nobody has looked at it."""
    return step_finding(step) if step.code else Finding("")


def verdict_of(step: DiagnosisStep) -> str:
    """The verdict in a word, for a link that was left out too."""
    return verdict_word(step.verdict)


def in_a_word(step: DiagnosisStep) -> bool:
    """Whether the row says all there is to say with its verdict: many of them say the same."""
    return step.verdict is StepVerdict.SKIPPED and step.code in ("", "not_tried")
