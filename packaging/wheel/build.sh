#!/bin/sh
# Builds the wheel and the source package of this checkout into a folder.
#   packaging/wheel/build.sh [FOLDER]        default: dist
# The wheel is built from the source package, so that it shows whether that is complete.
set -eu
unset CDPATH PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX
out=$(mkdir -p -- "${1:-dist}" && cd -- "${1:-dist}" && pwd)
cd -- "$(dirname -- "$0")/../.."
python=${PYTHON:-.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check 'hatchling>=1.24'
"$work/venv/bin/hatchling" build -t sdist -d "$work/source" >/dev/null
sdist=$(echo "$work"/source/hbgui-*.tar.gz)
"$work/venv/bin/python" -m pip wheel -qq --disable-pip-version-check --no-deps \
    -w "$work/wheel" "$sdist"
cp "$work"/source/*.tar.gz "$work"/wheel/*.whl "$out"
ls -l "$out"
