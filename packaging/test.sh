#!/bin/sh
# Every check and every test, on a display, a session bus and a home folder of their own.
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
pids=
# shellcheck disable=SC2317  # called by the trap
clean_up() {
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill $pids 2>/dev/null || true
    rm -rf "$room"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -m 700 "$room/home" "$room/runtime" "$room/tmp"

# Nothing of the caller's desktop, keyring or settings is used or touched.
unset WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS SSH_AUTH_SOCK \
    XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_CURRENT_DESKTOP \
    QT_QPA_PLATFORMTHEME QT_STYLE_OVERRIDE QT_SCALE_FACTOR QT_FONT_DPI QT_LOGGING_RULES \
    HBGUI_TOKEN PYTHON_KEYRING_BACKEND
export HOME="$room/home" XDG_RUNTIME_DIR="$room/runtime" LC_ALL=C.UTF-8 QT_QPA_PLATFORM=xcb

# The server picks a free number itself and writes it when it is ready.
Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp 3>"$room/display" 2>"$room/xvfb.log" &
pids=$!
tries=0
while [ ! -s "$room/display" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
        cat "$room/xvfb.log" >&2
        echo "Xvfb did not start within 10 seconds." >&2
        exit 1
    fi
    sleep 0.1
done
DISPLAY=:$(cat "$room/display")
export DISPLAY
openbox >"$room/openbox.log" 2>&1 &
pids="$pids $!"
fc-cache >/dev/null 2>&1 || true

[ -z "$failed" ] || echo "== failed so far:$failed"
echo "== pytest"
status=0
# The services that the bus starts write into a file, so that the last line is that of pytest.
# shellcheck disable=SC2016  # the inner shell expands it
dbus-run-session -- sh -c 'exec "$@" >&3 2>&4 3>&- 4>&-' sh timeout --foreground -k 10 830 \
    "$bin/python" -m pytest --session-timeout=800 --basetemp="$room/tmp/pytest" \
    3>&1 4>&2 >"$room/session.log" 2>&1 || status=$?
[ -z "$failed" ] || [ "$status" -ne 0 ] || status=1
exit "$status"
