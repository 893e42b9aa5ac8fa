# shellcheck shell=bash
# Words that all parts of `run` use.

STATE=${KEPM_STATE:-/run/kepm-trial}
readonly CACHE=${KEPM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kepm}
readonly BASE=${KEPM_BASE:-/}

say() { printf 'run: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

need_root() {
    [ "$EUID" = 0 ] || die "this needs root (a trial as an ordinary user is not there yet)"
    case $STATE$BASE in
        *[[:space:],:\\]*) die "KEPM_STATE and KEPM_BASE must be paths without space, comma, colon, backslash" ;;
    esac
    case $STATE in
        /?*) ;;
        *) die "KEPM_STATE must be an absolute path, not \`$STATE\`" ;;
    esac
    [ -d "$BASE" ] || die "KEPM_BASE: no such directory \`$BASE\`"
}

# Calls CMD every 50 ms until it is true; false after SECONDS.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

# The home of a Java 17 that belongs to root, links resolved.
java_17() {
    local release home
    for release in /usr/lib/jvm/*/release; do
        grep -qs '^JAVA_VERSION="17[."]' "$release" || continue
        home=$(readlink -f "${release%/release}")
        [ "$(stat -c %u "$home/bin/java" 2>/dev/null)" = 0 ] || continue
        printf '%s\n' "$home"
        return
    done
    return 1
}

valid_ports() {
    [[ $1 =~ ^[0-9]{1,5},[0-9]{1,5},[0-9]{1,5}$ ]] || die "--ports takes three numbers, HTTP,HTTPS,MQTT, not \`$1\`"
}

ports_free() {
    local port
    for port in ${1//,/ }; do
        ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || die "port $port is taken: choose others with --ports A,B,C"
    done
}

# Trials that start together build once.
lock_cache() {
    mkdir -p "$CACHE"
    exec {CACHE_LOCK}>"$CACHE/lock"
    flock "$CACHE_LOCK"
}

unlock_cache() { exec {CACHE_LOCK}>&-; }
