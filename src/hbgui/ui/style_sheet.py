"""The style sheet; its `{names}` are the colours of the theme and the folder of the icons."""

from __future__ import annotations

QSS = """
QMainWindow, QScrollArea, #page, #welcome {{ background: {ground}; }}
QScrollArea {{ border: none; }}
#sidebar {{ background: {side}; border: none; border-right: 1px solid {border}; }}
QFrame[card="true"] {{
    background: {card}; border: 1px solid {border}; border-radius: 10px; }}
QLabel[role="title"] {{ font-weight: 600; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[tone="ok"] {{ color: {ok}; }}
QLabel[tone="warn"] {{ color: {warn}; }}
QLabel[tone="bad"] {{ color: {bad}; }}
QLabel[tone="muted"] {{ color: {muted}; }}
QFrame[bar="ok"] {{ background: {ok_ground}; border: 1px solid {ok}; border-radius: 8px; }}
QFrame[bar="warn"] {{ background: {warn_ground}; border: 1px solid {warn}; border-radius: 8px; }}
QFrame[bar="bad"] {{ background: {bad_ground}; border: 1px solid {bad}; border-radius: 8px; }}
QFrame[bar="plain"] {{ background: {card}; border: 1px solid {border}; border-radius: 8px; }}
QFrame[bar="target"] {{ background: {ok_ground}; border: none; border-radius: 8px; }}
QLineEdit, QComboBox, QSpinBox, QPlainTextEdit {{
    background: {field}; border: 1px solid {strong_border}; border-radius: 6px;
    padding: 5px 9px; min-height: 20px;
    selection-background-color: {accent}; selection-color: {on_accent}; }}
QLineEdit:hover, QComboBox:hover, QSpinBox:hover, QPlainTextEdit:hover {{ border-color: {muted}; }}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QPlainTextEdit:focus {{
    border: 2px solid {accent}; padding: 4px 8px; }}
QLineEdit[tone="bad"], QComboBox[tone="bad"] {{
    border-color: {bad}; background: {bad_ground}; }}
QLineEdit[tone="warn"], QComboBox[tone="warn"] {{
    border-color: {warn}; background: {warn_ground}; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus, QSpinBox QLineEdit, QSpinBox QLineEdit:focus {{
    border: none; padding: 0; background: transparent; min-height: 0; }}
QComboBox:!editable {{ padding-left: 11px; }}
QComboBox:!editable:focus {{ padding-left: 10px; }}
QComboBox::drop-down {{ border: none; width: 26px; subcontrol-position: right center; }}
QComboBox::down-arrow {{
    image: url("{icons}/chevron-down-{scheme}.svg"); width: 16px; height: 16px; }}
QComboBox QAbstractItemView {{
    background: {card}; border: 1px solid {strong_border}; padding: 4px; outline: none;
    selection-background-color: {selected}; selection-color: {text}; }}
QSpinBox::up-button, QSpinBox::down-button {{
    subcontrol-origin: border; border: none; width: 22px; background: transparent; }}
QSpinBox::up-button {{ subcontrol-position: top right; margin: 2px 2px 0 0; }}
QSpinBox::down-button {{ subcontrol-position: bottom right; margin: 0 2px 2px 0; }}
QSpinBox::up-arrow {{
    image: url("{icons}/chevron-up-{scheme}.svg"); width: 12px; height: 12px; }}
QSpinBox::down-arrow {{
    image: url("{icons}/chevron-down-{scheme}.svg"); width: 12px; height: 12px; }}
QPushButton {{
    background: {card}; border: 1px solid {strong_border}; border-radius: 6px;
    padding: 6px 14px; min-height: 20px; }}
QPushButton:hover {{ border-color: {accent}; }}
QPushButton:pressed {{ background: {selected}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 5px 13px; }}
QPushButton:disabled {{ color: {muted}; border-color: {border}; }}
QPushButton[primary="true"] {{
    background: {accent}; border-color: {accent}; color: {on_accent}; font-weight: 600; }}
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:pressed {{
    background: {accent_hover}; border-color: {accent_hover}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {text}; }}
QPushButton[primary="true"]:disabled {{
    background: {ground}; border-color: {border}; color: {muted}; }}
QPushButton[flat="true"] {{ background: transparent; border-color: transparent; color: {accent}; }}
QPushButton[flat="true"]:hover {{ border-color: {strong_border}; }}
QPushButton[flat="true"]:focus {{ border: 2px solid {accent}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
#keepAliveButton {{ font-weight: 600; }}
#keepAliveButton:checked, #receiveButton:checked {{
    background: {ok_ground}; border-color: {ok}; color: {ok}; }}
#keepAliveButton:checked:focus, #receiveButton:checked:focus {{ border: 2px solid {ok}; }}
#receiveButton[deaf="yes"]:checked {{
    background: {card}; border-color: {strong_border}; color: {text}; }}
#receiveButton[deaf="yes"]:checked:focus {{ border: 2px solid {accent}; }}
QRadioButton[segment="true"] {{
    background: {field}; border: 1px solid {strong_border}; padding: 6px 12px; min-height: 20px;
    border-radius: 6px; spacing: 0; }}
QRadioButton[segment="true"]::indicator {{ width: 0; height: 0; image: none; }}
QRadioButton[segment="true"]:checked {{
    background: {selected}; border-color: {accent}; font-weight: 600; }}
QRadioButton[segment="true"]:focus {{ border: 2px solid {accent}; padding: 5px 11px; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator {{
    width: 16px; height: 16px; border: 1px solid {strong_border}; border-radius: 4px;
    background: {field}; }}
QCheckBox::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url("{icons}/check-{scheme}.svg"); }}
QCheckBox:disabled {{ color: {muted}; }}
QCheckBox::indicator:disabled:!checked {{ background: {ground}; border-color: {border}; }}
QCheckBox:focus {{ color: {accent}; }}
QCheckBox::indicator:focus {{ border: 2px solid {accent}; }}
QProgressBar {{
    background: {border}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QTabWidget::pane {{ border: none; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{
    background: transparent; border: none; border-bottom: 2px solid transparent;
    color: {muted}; padding: 8px 16px; }}
QTabBar[narrow="true"]::tab {{ padding: 8px 9px; }}
QTabBar::scroller {{ width: 48px; }}
QTabBar QToolButton {{ background: {ground}; border: none; padding: 0; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected {{ color: {text}; font-weight: 600; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QListView, QTableView {{
    background: {card}; border: 1px solid {border}; border-radius: 8px; outline: none;
    selection-background-color: {selected}; selection-color: {text};
    gridline-color: {border}; alternate-background-color: {ground}; }}
QListView#pbxList {{ background: transparent; border: none; }}
QTableView::item {{ padding: 0 8px; }}
QTableView:focus {{ border: 2px solid {accent}; }}
#importTable::item {{ padding: 6px 7px; }}
QHeaderView {{ background: transparent; }}
QHeaderView::section {{
    background: {card}; color: {muted}; border: none; border-bottom: 1px solid {border};
    padding: 7px 10px; font-weight: 600; }}
QToolBar {{
    background: {ground}; border: none; border-bottom: 1px solid {border}; padding: 3px 8px;
    spacing: 4px; }}
QToolButton {{
    background: transparent; border: 1px solid transparent; border-radius: 6px;
    padding: 4px 9px; }}
QToolButton:hover {{ border-color: {strong_border}; }}
QToolButton:pressed {{ background: {selected}; }}
QToolButton:focus {{ border: 2px solid {accent}; padding: 3px 8px; }}
QToolButton:disabled {{ color: {muted}; }}
QMenuBar {{ background: {ground}; }}
QMenuBar::item {{ padding: 5px 10px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {selected}; }}
QMenu {{ background: {card}; border: 1px solid {strong_border}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {selected}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 4px 8px; }}
QToolTip {{ background: {card}; color: {text}; border: 1px solid {strong_border}; padding: 4px; }}
QSplitter::handle {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{
    background: {strong_border}; border-radius: 4px; margin: 2px; min-height: 24px;
    min-width: 24px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
