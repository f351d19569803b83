#!/bin/sh
# Python for one of the test workers, on a display, a session bus and a home folder of its own.
#
#   packaging/test_worker.sh PYTHON-ARGUMENTS...
#
# Started by packaging/test.sh, which speaks with the worker over stdin and stdout.
set -eu
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
mkdir -m 700 "$room/home" "$room/runtime"
export HOME="$room/home" XDG_RUNTIME_DIR="$room/runtime"

# The server picks a free number itself and writes it when it is ready.
Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp \
    3>"$room/display" 2>"$room/xvfb.log" </dev/null >&2 &
pids=$!
tries=0
while [ ! -s "$room/display" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then
        cat "$room/xvfb.log" >&2
        echo "Xvfb did not start within 30 seconds." >&2
        exit 1
    fi
    sleep 0.1
done
DISPLAY=:$(cat "$room/display")
export DISPLAY
openbox </dev/null >"$room/openbox.log" 2>&1 &
pids="$pids $!"
fc-cache >/dev/null 2>&1 </dev/null || true

# What the services of the bus print goes into a file: stdout is the worker's alone.
# shellcheck disable=SC2016  # the inner shell expands it
dbus-run-session -- sh -c 'exec "$@" <&5 >&3 2>&4 3>&- 4>&- 5<&-' sh .venv/bin/python "$@" \
    5<&0 3>&1 4>&2 >"$room/session.log" 2>&1
