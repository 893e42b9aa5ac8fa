# shellcheck shell=bash
# The layer of packages that a trial has and the machine has not: installed once inside a throw-away world, kept
# in the cache, laid over the machine's files at every start. So sudo need not be on the machine, and the second
# run needs no network.

readonly TRIAL_PACKAGES=(sudo)

# Prints the layer's directory, or nothing when none is needed.
trial_layer() {
    local missing=() package key
    [ "$BASE" = / ] || return 0
    command -v dpkg-query >/dev/null || { foreign_system; return; }
    for package in "${TRIAL_PACKAGES[@]}"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    key=$(layer_key "${missing[@]}")
    [ -d "$CACHE/layers/$key" ] || layer_build "$key" "${missing[@]}" >&2
    printf '%s\n' "$CACHE/layers/$key"
}

foreign_system() { command -v sudo >/dev/null || die "please install sudo first (on a Debian it would come by itself)"; }

# A layer holds a copy of the package database, so it serves only the set of packages that it was made from.
layer_key() {
    { printf '%s\n' "$@"; cat /etc/debian_version /var/lib/dpkg/status 2>/dev/null; } | sha256sum | cut -c1-24
}

# A subshell with a state directory of its own: a trial that is up is not met.
layer_build() (
    local key=$1 new=$CACHE/layers/.new
    shift
    say "installing for the trial, not on this machine: $*"
    mkdir -p "$CACHE/layers"
    STATE=$STATE.layer PRIVATE_NET='' KEPM_SYSTEMD=''
    trap 'exit 130' INT TERM HUP
    trap 'world_stop; rm -rf "$new"' EXIT
    world_start '' ''
    if ! layer_install "$@" >"$CACHE/layer.log" 2>&1; then
        tail -n 20 "$CACHE/layer.log" >&2
        die "could not install $* for the trial; is there a network?"
    fi
    [ "$(layer_key "$@")" = "$key" ] || die "this machine's packages changed meanwhile: please try again"
    rm -rf "$CACHE/layers"/* "$new"
    cp -a "$STATE/scratch/0/upper" "$new"
    rm -rf "$new"/var/cache/apt "$new"/var/lib/apt/lists "$new"/var/log "$new"/usr/sbin/policy-rc.d
    mv "$new" "$CACHE/layers/$key"
)

layer_install() {
    nsenter_world bash -c '
        export DEBIAN_FRONTEND=noninteractive
        apt_get() { apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null; }
        printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
        apt_get install "$@" || { apt_get update && apt_get install "$@"; }' apt "$@"
}
