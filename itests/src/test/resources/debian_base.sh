#!/bin/bash
# Prints the directory of a bare Debian 13 that has classic sudo and sudo-rs: made once, kept in the cache of ./run.
set -euo pipefail
umask 022
PATH=$PATH:/usr/sbin:/sbin

readonly BASES=${KEPM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kepm}/bases
# The number goes up when the packages change.
readonly BASE=$BASES/trixie-1 PACKAGES=sudo,sudo-rs,curl

die() {
    printf 'debian_base: %s\n' "$*" >&2
    exit 1
}

# The mirrors in this machine's own apt configuration.
mirrors() {
    grep -hsv '^[[:space:]]*#' /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} |
        grep -oE 'https?://[^[:space:]]+/debian/?([[:space:]]|$)'
}

# The first one that has the release.
mirror() {
    local uri
    for uri in $(mirrors); do
        ! wget -q -T 20 -t 2 -O /dev/null "${uri%/}/dists/trixie/InRelease" || { printf '%s\n' "$uri"; return; }
    done
    die "no mirror with Debian 13 in /etc/apt/sources.list or sources.list.d: is there a network?"
}

# In a mount namespace of its own: nothing that debootstrap mounts outlives it.
make() {
    local new=$BASES/.new log=$BASES/log uri
    command -v debootstrap >/dev/null || die "install debootstrap: it makes the Debian 13 that sudo-rs is tried on"
    uri=$(mirror)
    rm -rf --one-file-system "$new"
    unshare --mount --propagation private debootstrap --force-check-gpg --variant=minbase --include="$PACKAGES" \
        trixie "$new" "$uri" </dev/null >"$log" 2>&1 || die "debootstrap failed, all it said is in $log: $(tail -n 5 "$log")"
    rm -rf "$new"/var/cache/apt/* "$new"/var/lib/apt/lists/*
    mv "$new" "$BASE"
}

mkdir -p "$BASES"
exec {LOCK}>"$BASES/lock"
flock "$LOCK"
[ -d "$BASE" ] || make
printf '%s\n' "$BASE"
