#!/bin/sh
# Builds the packages, installs the wheel into an empty environment, and tries what was installed.
set -eu
unset CDPATH PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX
cd -- "$(dirname -- "$0")/../.."
python=${PYTHON:-.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PYTHON=$python sh packaging/wheel/build.sh "$work/dist"
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check "$work"/dist/*.whl

cd "$work" # nothing of the checkout may help
"$work/venv/bin/hbgui" --version
"$work/venv/bin/python" -m hbgui --version
"$work/venv/bin/python" - <<'PYTHON'
from hbgui import resource

for name in ("icons/hbgui.svg", "hbgui.desktop", "hbgui.1"):
    assert resource(name).is_file(), f"not in the wheel: {name}"
    assert "site-packages" in str(resource(name)), f"not of the wheel: {resource(name)}"
PYTHON
for file in applications/hbgui.desktop icons/hicolor/scalable/apps/hbgui.svg man/man1/hbgui.1; do
    [ -s "$work/venv/share/$file" ] || { echo "not installed: share/$file" >&2; exit 1; }
done
echo "The wheel works."
