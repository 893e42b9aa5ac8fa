#!/bin/bash
# Runs a command under a systemd of its own: PID 1 of namespaces of its own, over this machine's files, which are
# read-only in there, with a /run of its own and a cgroup of its own. Nothing of it is left, nor seen outside.
# usage: systemd_world.sh COMMAND...; exit code 77 when it can't be had here, else the command's.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

cannot() {
    printf 'no systemd of its own here: %s\n' "$*" >&2
    exit 77
}

# In the new namespaces; /proc is the machine's until we mount another one.
inside() {
    local pid
    read -r pid _ </proc/self/stat
    printf '%s\n' "$pid" >"$1/pid"
    mount -o remount,bind,ro /
    mount -t tmpfs -o mode=0755 kepm-test /run
    mount -t proc proc /proc
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir -p /run/systemd/system
    printf '[Unit]\nDescription=KEPM tests\nDefaultDependencies=no\n' >/run/systemd/system/kepm-test.target
    exec env -i container=kepm-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --unit=kepm-test.target --log-target=console --log-level=warning \
        </dev/null >/run/systemd.log 2>&1
}

if [ "${1-}" = --inside ]; then inside "$2"; fi

[ "$EUID" = 0 ] || cannot "it needs root"
[ -x /lib/systemd/systemd ] || cannot "systemd is not installed"
[ "$(cat /proc/1/comm)" != systemd ] || cannot "the tests do not touch the systemd that runs this machine"
top=$(findmnt -rnt cgroup2 -o TARGET | head -n 1)
[ -n "$top" ] || cannot "there are no cgroups of version 2"
work=$(mktemp -d)
cgroup=$top/kepm-test.$$
mkdir "$cgroup" 2>/dev/null || cannot "no cgroup can be made"

cleanup() {
    [ -z "${world-}" ] || kill -KILL "$world" 2>/dev/null || true
    [ ! -e "$work/pid" ] || kill -KILL "$(cat "$work/pid")" 2>/dev/null || true
    local i
    for i in $(seq 50); do
        find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
        sleep 0.1
    done
    rm -rf "$work"
}
trap cleanup EXIT

# The subshell is moved, not we: what we start later shall be where we are.
( echo "$BASHPID" >"$cgroup/cgroup.procs"
  exec unshare --mount --cgroup --pid --ipc --uts --fork --kill-child --propagation private \
      bash "$0" --inside "$work" ) >"$work/log" 2>&1 &
world=$!
for i in $(seq 600); do
    pid=$(cat "$work/pid" 2>/dev/null) && [ -S "/proc/$pid/root/run/systemd/private" ] && break
    kill -0 "$world" 2>/dev/null || cannot "it did not start: $(cat "$work/log")"
    [ "$i" -lt 600 ] || cannot "it is not ready after a minute"
    sleep 0.1
done
code=0
nsenter --target "$pid" --mount --cgroup --pid --ipc --uts -- "$@" || code=$?
exit "$code"
