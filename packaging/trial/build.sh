# shellcheck shell=bash
# The distribution: finds the built one, or builds it, and first installs what that takes.

readonly SOURCES=(pom.xml .mvn bundles signing features karaf-assembly etc native cli backend packaging/install.sh packaging/uninstall.sh)

# Prints the tarball to try.
distribution() {
    if [ -n "${KEPM_TARBALL-}" ]; then
        [ -f "$KEPM_TARBALL" ] || die "KEPM_TARBALL: no such file \`$KEPM_TARBALL\`"
        need_packages java_17:openjdk-17-jdk-headless jq:jq ip:iproute2 >&2
        printf '%s\n' "$KEPM_TARBALL"
        return
    fi
    fresh_tarball && return
    build >&2
    fresh_tarball || die "the build made no karaf-assembly/target/kepm-*.tar.gz newer than the sources"
}

# Prints the newest built tarball, if no source is newer than it.
fresh_tarball() {
    local newest='' file sources=()
    for file in "$REPO"/karaf-assembly/target/kepm-*.tar.gz; do
        [ ! -f "$file" ] || [ "$file" -ot "$newest" ] || newest=$file
    done
    [ -n "$newest" ] || return 1
    for file in "${SOURCES[@]}"; do
        [ ! -e "$REPO/$file" ] || sources+=("$REPO/$file")
    done
    file=$(find "${sources[@]}" -name target -prune -o -type f -newer "$newest" -print -quit)
    [ -z "$file" ] || return 1
    printf '%s\n' "$newest"
}

build() {
    local log=$CACHE/build.log
    need_packages java_17:openjdk-17-jdk-headless javac:openjdk-17-jdk-headless mvn:maven gcc:gcc make:make jq:jq ip:iproute2 \
        /usr/include/stdio.h:libc6-dev /usr/include/security/pam_modules.h:libpam0g-dev
    say "building the distribution; the first time takes some minutes"
    maven >"$log" 2>&1 && return
    if grep -Eqi 'could not transfer|unknown host|connection (refused|timed out)|network is unreachable|name resolution' "$log"; then
        say "no network: building with what is there already"
        maven --offline >"$log" 2>&1 && return
    fi
    tail -n 30 "$log" >&2
    die "the build failed; all it said is in $log"
}

maven() {
    (cd "$REPO" && JAVA_HOME=${JAVA_HOME:-$(java_17)} mvn -q -B "$@" -DskipTests -DskipITs package)
}

# Each argument is COMMAND:PACKAGE or /FILE:PACKAGE; installs the packages of those that are missing.
need_packages() {
    local need packages=()
    for need in "$@"; do
        have "${need%%:*}" || packages+=("${need#*:}")
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "missing on this machine, please install: ${packages[*]}"
    say "installing on this machine, for the build: ${packages[*]}"
    apt_install "${packages[@]}"
}

have() {
    case $1 in
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null && { [ "$1" != java_17 ] || java_17 >/dev/null; } ;;
    esac
}

apt_install() {
    local log=$CACHE/apt.log
    apt_get install "$@" >"$log" 2>&1 && return
    { apt_get update && apt_get install "$@"; } >"$log" 2>&1 && return
    tail -n 20 "$log" >&2
    die "could not install: $*"
}

# Files of this machine that were changed stay as they are.
apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null
}
