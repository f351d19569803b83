"""The layout of every form."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout


def form_layout() -> QFormLayout:
    """A form whose captions stand beside the fields, and above them where there is no room."""
    form = QFormLayout()
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(10)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form
