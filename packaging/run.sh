#!/bin/sh
# Opens the window on the built-in PBX; without a usable display it does the same job here.
set -eu
unset CDPATH PYTHONHOME PYTHONPATH
cd -- "$(dirname -- "$0")/.."

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "There is no display here, so no window: heartbeats in the terminal instead."
else
    # Qt aborts on a display that is not alive, or waits for it: try it first.
    # shellcheck disable=SC3045  # the usual sh of Linux has it
    ulimit -c 0
    if why=$(
        exec 2>&1
        timeout 10 .venv/bin/python -c \
            'from PySide6.QtGui import QGuiApplication; QGuiApplication([])' || exit 1
    ); then
        exec .venv/bin/python -m hbgui --demo
    fi
    echo "The display ${WAYLAND_DISPLAY:-$DISPLAY} cannot be used, so no window: heartbeats in the" \
        "terminal instead."
    printf '%s\n' "${why:-It did not answer within 10 seconds.}" | head -n 1
fi
exec .venv/bin/python packaging/terminal_demo.py
