#!/bin/bash
# Takes KEPM off this machine: sudo, PAM, groups and accounts are as before. What the site owns stays in
# /opt/keeper/sbin (KeeperStorage with the audit, policies, appsettings.json) unless --purge is given.
# usage: uninstall.sh [--purge [--yes]]
set -euo pipefail
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

readonly KEEPER=/opt/keeper SBIN=/opt/keeper/sbin
readonly GROUPS_OF_KEPM=(kepm-users kepm-users-passwd kepm-breakglass kepm-admins kepm-monitor kepm-auditors)

say() { printf 'uninstall: %s\n' "$*"; }

die() {
    printf 'uninstall: %s\n' "$*" >&2
    exit 1
}

PURGE='' YES=''
options() {
    local option
    for option in "$@"; do
        case $option in
            --purge) PURGE=yes ;;
            --yes) YES=yes ;;
            *) die "unknown option \`$option\`; usage: uninstall.sh [--purge [--yes]]" ;;
        esac
    done
}

check() {
    local answer
    [ "$(id -u)" = 0 ] || die "this needs root"
    [ -d "$KEEPER" ] || [ -d /etc/kepm ] || [ -d /usr/libexec/kepm ] || die "KEPM is not installed here"
    [ -n "$PURGE" ] && [ -z "$YES" ] || return 0
    [ -t 0 ] || die "--purge deletes the audit: say --yes as well when there is no terminal"
    read -rp 'This deletes the audit store, policies and settings. Type "purge" to go on: ' answer
    [ "$answer" = purge ] || die "nothing was changed"
}

# Processes of the agent: those that run a file or a class path of ours.
agent_pids() {
    local process
    for process in /proc/[0-9]*; do
        [ "${process#/proc/}" != "$$" ] || continue
        ! tr '\0' '\n' 2>/dev/null <"$process/cmdline" | grep -q "^$KEEPER/\|[=:]$KEEPER/lib/" || printf '%s\n' "${process#/proc/}"
    done
}

stop_agent() {
    local pids try
    if [ -d /run/systemd/system ]; then
        systemctl disable --now KeeperPrivilegeManager.service 2>/dev/null || true
    fi
    mapfile -t pids < <(agent_pids)
    [ ${#pids[@]} -gt 0 ] || return 0
    say "stopping the agent"
    kill -TERM "${pids[@]}" 2>/dev/null || true
    for ((try = 0; try < 100; try++)); do
        [ -n "$(agent_pids)" ] || return 0
        sleep 0.1
    done
    kill -KILL "${pids[@]}" 2>/dev/null || true
}

# The rights that rest on the plugin go before the plugin does, or they would hold without it for a moment.
sudo_rights() {
    local file
    for file in /etc/sudoers.d/kepm /etc/sudoers.d/kepm.set-aside /etc/sudoers.d/kepm-* /etc/sudoers.d/.kepm*; do
        [ -e "$file" ] || continue
        rm -f "$file"
        say "removed $file"
    done
}

# The plugin's line before its file: a line without a file stops all of sudo.
without_our_block() {
    local file=$1 new=$1.kepm-new
    [ -f "$file" ] && grep -q '^# BEGIN kepm$' "$file" || return 0
    sed '/^# BEGIN kepm$/,/^# END kepm$/d' "$file" >"$new"
    chown --reference="$file" "$new"
    chmod --reference="$file" "$new"
    mv -f "$new" "$file"
    say "restored $file"
}

files() {
    rm -rf /usr/lib/kepm /usr/libexec/kepm /etc/kepm /run/keeper /var/lib/kepm /opt/keeper/lib /opt/keeper/lib.new /opt/keeper/lib.old
    rm -f /usr/bin/kepm /usr/bin/keepersudo /usr/bin/keeperagent
    if [ -n "$PURGE" ]; then
        rm -rf "$KEEPER"
    elif [ -d "$SBIN" ]; then
        find "$SBIN" -mindepth 1 -maxdepth 1 ! -name KeeperStorage ! -name policies ! -name appsettings.json -exec rm -rf {} +
        chown -R root:root "$KEEPER"
        say "kept the audit, policies and settings in $SBIN (--purge deletes them)"
    fi
}

accounts() {
    local group
    ! getent passwd kepm-canary >/dev/null || userdel kepm-canary
    ! getent passwd kepm-plugin >/dev/null || userdel kepm-plugin
    for group in kepm-canary kepm-plugin "${GROUPS_OF_KEPM[@]}"; do
        ! getent group "$group" >/dev/null || groupdel "$group"
    done
    say "removed the groups of KEPM and the users kepm-canary and kepm-plugin"
}

main() {
    local file
    options "$@"
    check
    stop_agent
    sudo_rights
    without_our_block /etc/sudo.conf
    for file in /etc/pam.d/{sudo,sudo-i,sudo-rs,sudo-rs-i}; do
        without_our_block "$file"
    done
    rm -f /etc/pam.d/kepm
    files
    accounts
    say "KEPM is gone"
}

main "$@"
