#!/bin/bash
# Runs inside the trial, as root, and becomes USER the way a login does: own groups, home, environment, session.
# With a TTY (any text) the command gets a new terminal as its controlling one; without, it has none at all.
# usage: as-user.sh USER TTY CMD...
set -euo pipefail

user=$1 tty=$2
shift 2

account() { getent passwd "$user"; }

# Two at once: the second one waits and finds the account made.
create() {
    # shellcheck disable=SC2016
    flock /run/lock/kepm-trial-users bash -c \
        'getent passwd "$1" >/dev/null || useradd -m -s /bin/bash -G kepm-users "$1"' create "$user"
}

account >/dev/null || create
IFS=: read -r name _ uid gid _ home shell < <(account)
path=/usr/local/bin:/usr/bin:/bin
[ "$uid" != 0 ] || path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd "$home" 2>/dev/null || cd /
umask 022

become=(setpriv --reuid "$uid" --regid "$gid" --init-groups --inh-caps=-all
    env -i HOME="$home" USER="$name" LOGNAME="$name" PATH="$path" LANG=C.UTF-8 TERM="$TERM")
if [ -n "$tty" ]; then
    # script(1) loses the exit code when the terminal hangs up before it hears of its child: the code comes by a file.
    code_file=$(mktemp) && chown "$uid" "$code_file"
    printf -v command '%q ' env SHELL="$shell" "$@"
    "${become[@]}" SHELL=/bin/bash script -qefc "trap : INT; $command; echo \$? >$code_file" /dev/null || true
    read -r code <"$code_file" || code=129
    rm -f "$code_file"
    exit "$code"
fi
exec setsid --wait "${become[@]}" SHELL="$shell" "$@"
