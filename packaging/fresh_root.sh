#!/bin/sh
# The two commands of the README in a bare Debian: git, make and python3, and nothing else.
#
#   packaging/fresh_root.sh bookworm           make run, then make test
#   packaging/fresh_root.sh trixie test        make test only
#
# The committed state of this checkout is cloned into a root that debootstrap makes anew and that is
# removed at the end, so that a package that merely happens to be on this computer cannot hide.
# Package mirror, pip's settings and certificates are this computer's. What the commands printed
# stays in build/fresh-root/SUITE.
#
# Ends with 0 when all passed and nothing was skipped, with 1 when not, and with 77 where this
# cannot be tried: it needs Linux, root, debootstrap and a mirror of Debian.
set -u
unset CDPATH
cd -- "$(dirname -- "$0")/.." || exit 1
checkout=$PWD

suite=${1:?usage: packaging/fresh_root.sh SUITE [run|test]...}
shift
[ $# -gt 0 ] || set -- run test
logs=$checkout/build/fresh-root/$suite

say() { printf '%s\n' "$suite: $*"; }
cannot() { say "not tried: $1"; tail -n 20 "${2:-/dev/null}" 2>/dev/null; exit 77; }

# --- inside namespaces of its own: mounts and processes end with this one ------------------------

inside() {
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    # A folder of wheels that pip is told of.
    for folder in ${PIP_FIND_LINKS:-}; do
        [ -d "$folder" ] || continue
        mkdir -p "$root$folder" && mount --bind "$folder" "$root$folder"
    done
    in_root() { chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

    in_root sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y install --no-install-recommends git make python3 ca-certificates' \
        >"$logs/apt" 2>&1 || cannot "git, make and python3 could not be installed" "$logs/apt"
    # Certificates that this computer trusts beside Debian's, as behind a company's proxy.
    [ ! -f /etc/ssl/certs/ca-certificates.crt ] ||
        cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    git clone -q "$checkout" "$root/root/hbgui" || exit 1

    result=0
    for goal in "$@"; do
        status=0
        # shellcheck disable=SC2046  # one argument for each setting
        in_root $(env | grep -E '^(PIP|SSL_CERT)_[A-Z_]*=[^ ]*$') \
            timeout 2400 make -C /root/hbgui "$goal" >"$logs/$goal" 2>&1 || status=$?
        say "make $goal ended with $status: $(
            grep -E '[0-9]+ (passed|failed)|accepted\.$' "$logs/$goal" | tail -n 1)"
        if [ "$status" -ne 0 ]; then
            grep -E '^(FAILED|ERROR) ' "$logs/$goal" || tail -n 20 "$logs/$goal"
            result=1
        fi
        if grep -E '^SKIPPED|[0-9]+ skipped' "$logs/$goal"; then
            say "something was skipped"
            result=1
        fi
    done
    exit "$result"
}

if [ "${HBGUI_FRESH_ROOT:-}" ]; then
    root=$HBGUI_FRESH_ROOT
    inside "$@"
fi

# --- outside ---------------------------------------------------------------------------------------

[ "$(uname -s)" = Linux ] || cannot "a root is made on Linux only"
[ "$(id -u)" -eq 0 ] || cannot "only root can make one"
mkdir -p "$logs"
command -v debootstrap >/dev/null ||
    { apt-get -qq update && apt-get -qq -y install --no-install-recommends debootstrap; } \
        >"$logs/debootstrap" 2>&1 || cannot "debootstrap is not installed (apt-get install debootstrap)"
unshare --mount --pid --fork true 2>/dev/null || cannot "this computer allows no namespaces"

root=$(mktemp -d "${TMPDIR:-/tmp}/hbgui-root.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)
# shellcheck disable=SC2086  # without a mirror debootstrap takes its own
debootstrap --variant=minbase "$suite" "$root" $mirror >"$logs/debootstrap" 2>&1 ||
    cannot "debootstrap made no root" "$logs/debootstrap"
cp /etc/resolv.conf "$root/etc/"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
for path in /etc/apt/apt.conf.d /etc/pip.conf /etc/xdg/pip; do
    [ ! -e "$path" ] || { mkdir -p "$root${path%/*}" && cp -r "$path" "$root${path%/*}/"; }
done

HBGUI_FRESH_ROOT=$root unshare --mount --pid --fork --kill-child sh "$0" "$suite" "$@"
