#!/bin/sh
# Every check and every test, far from the caller's desktop, keyring and settings.
set -eu
unset CDPATH PYTHONHOME PYTHONPATH
cd -- "$(dirname -- "$0")/.."
bin=$PWD/.venv/bin

failed=
check() {
    tool=$1
    shift
    echo "== $tool $*"
    "$bin/$tool" "$@" || failed="$failed $tool"
}
check ruff check .
check ruff format --check .
check mypy
check lint-imports

room=$(mktemp -d "${TMPDIR:-/tmp}/hbgui-test.XXXXXX")
trap 'rm -rf "$room"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -m 700 "$room/home"

# Nothing of the caller's desktop, keyring or settings is used or touched.
unset WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS SSH_AUTH_SOCK \
    XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_CURRENT_DESKTOP \
    QT_QPA_PLATFORMTHEME QT_STYLE_OVERRIDE QT_SCALE_FACTOR QT_FONT_DPI QT_LOGGING_RULES \
    HBGUI_TOKEN PYTHON_KEYRING_BACKEND
export HOME="$room/home" LC_ALL=C.UTF-8 QT_QPA_PLATFORM=xcb
# Hundreds of tests start the program: it is not compiled anew each time.
unset PYTHONDONTWRITEBYTECODE

[ -z "$failed" ] || echo "== failed so far:$failed"
echo "== pytest"
# Most tests wait for something, so there are more workers than cores.
status=0
# Minutes on a quiet machine; the limits are for one that is busy with other things.
timeout --foreground -k 10 2400 "$bin/python" -m pytest --session-timeout=2370 \
    --tx "4*popen//python=sh packaging/test_worker.sh" --dist=worksteal \
    --basetemp="$room/pytest" || status=$?
[ -z "$failed" ] || [ "$status" -ne 0 ] || status=1
exit "$status"
