#!/bin/sh
# Sets up what hbgui needs: system packages, .venv in the checkout, hbgui in it.
#
#   packaging/setup.sh run     to run hbgui
#   packaging/setup.sh test    to run its tests, too
#
# When all is there already it is quick and needs neither network nor root.
# Ends with 1, and says what to do, when something cannot be installed from here.
set -eu
unset CDPATH PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX
cd -- "$(dirname -- "$0")/.."

goal=${1:-}
case $goal in
    run) extras=. ;;
    test) extras='.[dev]' ;;
    *) echo "usage: packaging/setup.sh run|test" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# --- system packages, by package manager --------------------------------------------------------

# What Qt's windows (X11 and Wayland) load on a Debian that has nothing yet, and a font.
apt_run='libegl1 libgl1 libx11-6 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0
    libxkbcommon0 libbrotli1 libgssapi-krb5-2 libzstd1 libx11-xcb1 libxcb-cursor0 libxcb-glx0
    libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render0 libxcb-render-util0
    libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1
    libxkbcommon-x11-0 libwayland-client0 libwayland-cursor0 libwayland-egl1
    fontconfig fonts-dejavu-core'
apt_test='xvfb openbox dbus gnome-keyring libsecret-tools at-spi2-core python3-pyatspi xdotool
    imagemagick curl openssl libglib2.0-bin poppler-utils python3-dbus python3-gi nginx-light'
dnf_run='libglvnd-egl libglvnd-glx libX11 libX11-xcb dbus-libs fontconfig freetype glib2 libxkbcommon
    libxkbcommon-x11 libbrotli krb5-libs libzstd libxcb xcb-util xcb-util-cursor xcb-util-image
    xcb-util-keysyms xcb-util-renderutil xcb-util-wm libwayland-client libwayland-cursor
    dejavu-sans-fonts'
dnf_test='xorg-x11-server-Xvfb openbox dbus-daemon gnome-keyring libsecret at-spi2-core
    python3-pyatspi xdotool ImageMagick curl openssl glib2 poppler-utils python3-dbus
    python3-gobject-base nginx'
pacman_run='libglvnd libx11 dbus fontconfig freetype2 glib2 libxkbcommon libxkbcommon-x11 brotli krb5
    zstd libxcb xcb-util xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil
    xcb-util-wm wayland ttf-dejavu'
pacman_test='xorg-server-xvfb openbox gnome-keyring libsecret at-spi2-core python-atspi xdotool
    imagemagick curl openssl glib2 poppler python-dbus python-gobject nginx'
zypper_run='libglvnd libX11-6 libX11-xcb1 libdbus-1-3 fontconfig libfreetype6 libglib-2_0-0
    libxkbcommon0 libxkbcommon-x11-0 libbrotlidec1 krb5 libzstd1 libxcb-cursor0 libxcb-icccm4
    libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-util1 libwayland-client0
    libwayland-cursor0 dejavu-fonts'
zypper_test='xorg-x11-server-Xvfb openbox dbus-1-daemon gnome-keyring secret-tool at-spi2-core
    python3-atspi xdotool ImageMagick curl openssl glib2-tools poppler-tools python3-dbus-python
    python3-gobject nginx'

# The same needs, as things that can be looked for without a package manager.
libraries='libEGL.so.1 libGL.so.1 libX11-xcb.so.1 libdbus-1.so.3 libfontconfig.so.1 libglib-2.0.so.0
    libxkbcommon-x11.so.0 libxcb-cursor.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1
    libxcb-render-util.so.0 libxcb-util.so.1 libxcb-xkb.so.1 libwayland-cursor.so.0'
commands='Xvfb openbox dbus-run-session gnome-keyring-daemon secret-tool xdotool import curl openssl gdbus
    pdftotext nginx'

package_manager() {
    for manager in apt-get dnf pacman zypper; do
        if command -v "$manager" >/dev/null; then
            say "$manager"
            return
        fi
    done
}

# Newer releases have renamed some libraries to NAMEt64; apt-get finds them by the old name.
missing_debs() {
    # shellcheck disable=SC2046  # one argument for each name
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' \
        "$@" $(printf '%st64 ' "$@") 2>/dev/null | sed -n 's/ .i *$//p') || true
    for name in "$@"; do
        printf '%s\n' "$installed" | grep -qxF -e "$name" -e "${name}t64" || printf '%s ' "$name"
    done
}

missing_things() {
    # shellcheck disable=SC2086
    "$python" - $libraries <<'PYTHON'
import ctypes
import sys

for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name, end=" ")
PYTHON
    [ "$goal" = run ] || for name in $commands; do
        PATH=$PATH:/usr/sbin command -v "$name" >/dev/null || printf '%s ' "$name"
    done
}

apt() {
    if [ "$(id -u)" -eq 0 ]; then sudo=; else sudo='sudo -n'; fi
    $sudo env DEBIAN_FRONTEND=noninteractive timeout 600 \
        apt-get -qq -y -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1
}

apt_install() {
    hint="sudo apt-get update && sudo apt-get install --no-install-recommends $*"
    if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
        die "hbgui needs system packages, and this user may not install them. Please run:

    $hint

and then the same make command again."
    fi
    say "Installing system packages: $*"
    log=$(mktemp)
    # The package lists may be missing or old: then fetch them and try once more.
    if ! apt --no-install-recommends install "$@" &&
        ! { apt update && apt --no-install-recommends install "$@"; }; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "The system packages could not be installed. To see more, run:

    $hint"
    fi
    rm -f "$log"
    # A stale font cache costs seconds at each start of a window.
    fc-cache -s >/dev/null 2>&1 || true
}

system_packages() {
    manager=$(package_manager)
    case $manager in
        apt-get)
            wanted=$apt_run
            [ "$goal" = run ] || wanted="$wanted $apt_test"
            "$python" -c 'import ensurepip' 2>/dev/null ||
                wanted="$wanted $("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
            # shellcheck disable=SC2086
            missing=$(missing_debs $wanted)
            # shellcheck disable=SC2086
            [ -z "$missing" ] || apt_install $missing
            return ;;
        dnf) install="sudo dnf install" wanted=$dnf_run more=$dnf_test ;;
        pacman) install="sudo pacman -S --needed" wanted=$pacman_run more=$pacman_test ;;
        zypper) install="sudo zypper install" wanted=$zypper_run more=$zypper_test ;;
        *) install="(your package manager) install" wanted=$apt_run more=$apt_test ;;
    esac
    missing=$(missing_things)
    [ "$goal" = run ] || wanted="$wanted $more"
    # shellcheck disable=SC2086,SC2116  # in one line
    [ -z "$missing" ] || die "hbgui needs some things that this computer does not have yet:
$missing
Please run:

    $(echo $install $wanted)

and then the same make command again."
}

# --- Python ------------------------------------------------------------------------------------

# The first Python >= 3.11 on the PATH, better one that can make virtual environments by itself.
# Version managers put commands there that only say that they are not installed: they are skipped.
find_python() {
    for needs in 'ensurepip, venv' sys; do
        old_ifs=$IFS
        IFS=:
        for folder in $PATH; do
            for name in python3 python3.11 python3.12 python3.13 python3.14; do
                [ -x "$folder/$name" ] || continue
                "$folder/$name" -c "
import sys, $needs
if sys.version_info < (3, 11): sys.exit(1)
print(sys._base_executable)" 2>/dev/null && return
            done
        done
        IFS=$old_ifs
    done
    return 1
}

venv=.venv
stamp() { printf '%s %s\n' "$(cksum <pyproject.toml)" "$PWD"; }
venv_works() {
    [ "$(cat "$venv/checkout" 2>/dev/null)" = "$PWD" ] &&
        "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}
installed() {
    for done in test "$goal"; do
        [ "$(cat "$venv/installed-$done" 2>/dev/null)" = "$(stamp)" ] &&
            "$venv/bin/python" -c 'import PySide6, hbgui' 2>/dev/null && return
    done
    return 1
}

make_venv() {
    venv_works && return
    say "Making a virtual environment in $venv"
    "$python" -m venv --clear "$venv" || die "No virtual environment could be made with $python."
    printf '%s\n' "$PWD" >"$venv/checkout"
}

install_hbgui() {
    installed && return
    say "Installing hbgui and its libraries into $venv (a minute or two)"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input -e "$extras" ||
        die "hbgui could not be installed into $venv: see the lines above."
    stamp >"$venv/installed-$goal"
}

[ "$(uname -s)" = Linux ] || die "These commands are for Linux. README.md says how to install hbgui here."
python=$(find_python) || die "hbgui needs Python 3.11 or newer, and there is none on the PATH.
On Debian and Ubuntu:  sudo apt-get install python3 python3-venv
If that is older than 3.11:  sudo apt-get install python3.11 python3.11-venv"
system_packages
make_venv
install_hbgui
