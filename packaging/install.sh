#!/bin/bash
# Installs the unpacked distribution that this script lies in, or upgrades to it. Nothing is enforced by this:
# a fresh agent only watches until a policy says otherwise. uninstall.sh takes it back.
set -euo pipefail
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly HERE
readonly KEEPER=/opt/keeper SBIN=/opt/keeper/sbin LIBEXEC=/usr/libexec/kepm STATE=/var/lib/kepm
readonly GROUPS_OF_KEPM=(kepm-users kepm-users-passwd kepm-breakglass kepm-admins kepm-monitor kepm-auditors)
readonly PARTS=(sbin/KeeperPrivilegeManager sbin/appsettings.json lib bin/kepm bin/keepersudo bin/keeperagent cli
    libexec/kepm_sudo.so libexec/pam_kepm_gate.so libexec/canary libexec/launch libexec/password
    libexec/kepm-run libexec/supervise)

say() { printf 'install: %s\n' "$*"; }

die() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

check() {
    local part
    [ "$(id -u)" = 0 ] || die "this needs root"
    for part in "${PARTS[@]}"; do
        [ -e "$HERE/$part" ] || die "this distribution is not whole: \`$part\` is missing"
    done
    compgen -G "$HERE/cli/*.jar" >/dev/null || die "this distribution is not whole: no jar in \`cli\`"
}

accounts() {
    local group
    for group in "${GROUPS_OF_KEPM[@]}"; do
        getent group "$group" >/dev/null || { groupadd --system "$group"; say "group $group"; }
    done
    getent passwd kepm-canary >/dev/null || {
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin kepm-canary
        say "user kepm-canary (proves that a denied command does not run)"
    }
    getent passwd kepm-plugin >/dev/null || {
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin kepm-plugin
        say "user kepm-plugin (runs plugins that are programs of their own)"
    }
}

directories() {
    install -d -o root -g root -m 0755 /opt /usr/lib/kepm "$LIBEXEC" "$STATE" /etc/kepm /run/keeper
    install -d -o root -g root -m 0700 "$STATE/cache"
    install -d -o root -g kepm-admins -m 0750 "$KEEPER" "$SBIN" "$SBIN"/{Plugins,Jobs,policies,KeeperStorage,Log}
}

# put MODE SOURCE TARGET [GROUP]: by rename, so that whoever has the old file open keeps the old file.
put() {
    local mode=$1 source=$2 target=$3 group=${4:-root}
    if ! cmp -s "$source" "$target"; then
        install -o root -g "$group" -m "$mode" "$source" "$target.kepm-new"
        mv -f "$target.kepm-new" "$target"
    fi
    chown "root:$group" "$target"
    chmod "$mode" "$target"
}

# The whole runtime changes at once: a running agent keeps the old files until it is restarted.
runtime() {
    rm -rf "$KEEPER/lib.new" "$KEEPER/lib.old"
    cp -R "$HERE/lib" "$KEEPER/lib.new"
    chown -R root:kepm-admins "$KEEPER/lib.new"
    chmod -R u=rwX,g=rX,o= "$KEEPER/lib.new"
    [ ! -d "$KEEPER/lib" ] || mv "$KEEPER/lib" "$KEEPER/lib.old"
    mv "$KEEPER/lib.new" "$KEEPER/lib"
    rm -rf "$KEEPER/lib.old"
}

# Everything of sbin/ but what is the site's: settings, policies, store, logs; plugins and jobs once it changed them.
service() {
    local name
    (cd "$HERE/sbin" && find . -type f ! -path './policies/*' ! -path './KeeperStorage/*' ! -path './Log/*' -printf '%P\n') |
        while read -r name; do
            install -d -o root -g kepm-admins -m 0750 "$(dirname "$SBIN/$name")"
            case $name in
                appsettings.json | Plugins/*.json | Jobs/*.json) configuration "$HERE/sbin/$name" "$name" ;;
                *) put "$(mode_of "$HERE/sbin/$name")" "$HERE/sbin/$name" "$SBIN/$name" kepm-admins ;;
            esac
        done
}

mode_of() { if [ -x "$1" ]; then echo 0750; else echo 0640; fi; }

# What we shipped last is kept, so that a file the site never touched is upgraded and a changed one is left alone.
configuration() {
    local shipped=$STATE/shipped/$2
    if [ ! -e "$SBIN/$2" ] || cmp -s "$SBIN/$2" "$shipped"; then
        put 0640 "$1" "$SBIN/$2" kepm-admins
    elif ! cmp -s "$1" "$SBIN/$2" && ! cmp -s "$1" "$shipped"; then
        say "kept $SBIN/$2, which was changed here; the new one is $shipped"
    fi
    install -d -m 0755 "$(dirname "$shipped")"
    put 0640 "$1" "$shipped"
}

# Samples only where there is no policy yet.
policies() {
    compgen -G "$HERE/sbin/policies/*" >/dev/null || return 0
    [ -z "$(ls -A "$SBIN/policies")" ] || return 0
    cp -R "$HERE/sbin/policies/." "$SBIN/policies/"
    chown -R root:kepm-admins "$SBIN/policies"
    chmod -R u=rwX,g=rX,o= "$SBIN/policies"
    say "sample policies, all of them off, in $SBIN/policies"
}

command_line() {
    local file
    for file in "$HERE"/cli/*.jar; do
        put 0644 "$file" "/usr/lib/kepm/${file##*/}"
    done
    for file in /usr/lib/kepm/*.jar; do
        [ -e "$HERE/cli/${file##*/}" ] || rm -f "$file"
    done
    put 0755 "$HERE/bin/kepm" /usr/bin/kepm
    put 0755 "$HERE/bin/keepersudo" /usr/bin/keepersudo
    put 0755 "$HERE/bin/keeperagent" /usr/bin/keeperagent
}

helpers() {
    local file
    for file in "$HERE"/libexec/*; do
        case $file in
            *.so) put 0644 "$file" "$LIBEXEC/${file##*/}" ;;
            *) put 0755 "$file" "$LIBEXEC/${file##*/}" ;;
        esac
    done
    [ ! -e "$HERE/uninstall.sh" ] || put 0755 "$HERE/uninstall.sh" "$LIBEXEC/uninstall.sh"
}

plugin_configuration() {
    [ ! -e /etc/kepm/plugin.conf ] || return 0
    cat >/etc/kepm/plugin.conf <<'TEXT'
# What the sudo plugin and the PAM gate know without the agent: one key=value a line, lists separated by commas.
# governed_groups: groups whose members are under policy, besides kepm-users and kepm-users-passwd, which always are.
governed_groups=
# breakglass_users: they may run commands while the agent is unreachable, loudly.
breakglass_users=
# othersWhenDown: what everybody else's own sudo rules are worth while the agent is unreachable: os, or deny.
othersWhenDown=os
TEXT
    chmod 0644 /etc/kepm/plugin.conf
    say "/etc/kepm/plugin.conf"
}

# replace FILE: standard input becomes its content, in one step, owner and mode kept.
replace() {
    local new=$1.kepm-new
    cat >"$new"
    chown --reference="$1" "$new"
    chmod --reference="$1" "$new"
    if cmp -s "$new" "$1"; then rm -f "$new"; else mv -f "$new" "$1" && say "$1"; fi
}

# Our marks pair up, or the file is left alone: cutting from a lone mark would take the rest of it.
paired() {
    [ "$(grep -c '^# BEGIN kepm$' "$1")" = "$(grep -c '^# END kepm$' "$1")" ] ||
        die "$1: a \`# BEGIN kepm\` without its \`# END kepm\`: put that line back, then install again"
}

# Root's sudo works as it did, or the files are put back: nobody is locked out by a plugin that does not load.
proved() {
    local file
    if sudo -n true >/dev/null 2>"$KEPT/sudo.err"; then return; fi
    for file in "$KEPT"/etc/sudo.conf "$KEPT"/etc/pam.d/*; do
        [ ! -f "$file" ] || cp -a "$file" "${file#"$KEPT"}"
    done
    [ -e "$KEPT/etc/sudo.conf" ] || rm -f /etc/sudo.conf
    die "sudo does not work with the plugin, so sudo.conf and the PAM services are as before: $(cat "$KEPT/sudo.err")"
}

# Copies of what is about to change.
keep() {
    local file
    KEPT=$(mktemp -d)
    mkdir -p "$KEPT/etc/pam.d"
    for file in /etc/sudo.conf /etc/pam.d/{sudo,sudo-i,sudo-rs,sudo-rs-i}; do
        [ ! -f "$file" ] || { paired "$file"; cp -a "$file" "$KEPT$file"; }
    done
}

# Plugins of the kinds we need came with sudo 1.9.2; an older one gives up on all of sudo when it meets them.
sudo_is_new_enough() {
    local version
    version=$(sudo -V | sed -n 's/^Sudo version //p')
    [ "$(printf '%s\n' 1.9.2 "${version%%p*}" | sort -V | head -n 1)" = 1.9.2 ]
}

# The file without our block; its last line ends as a line should.
# shellcheck disable=SC1003
without_block() { sed -e '/^# BEGIN kepm$/,/^# END kepm$/d' -e '$a\' "$1"; }

# By which kepm asks about the password of an account (`kepm mfa enroll`): as the machine's other services do.
pam_service() {
    local auth
    [ ! -e /etc/pam.d/kepm ] && [ -d /etc/pam.d ] || return 0
    for auth in common system; do
        if [ -f "/etc/pam.d/$auth-auth" ]; then
            case $auth in
                common) printf '@include common-auth\n@include common-account\n' ;;
                system) printf 'auth include system-auth\naccount include system-auth\n' ;;
            esac >/etc/pam.d/kepm
            chmod 0644 /etc/pam.d/kepm
            say "/etc/pam.d/kepm"
            return
        fi
    done
    say "no /etc/pam.d/common-auth or system-auth: write /etc/pam.d/kepm, or users enrol with an administrator's code alone"
}

# Every account line counts in order, so ours is the first one.
pam_gate() {
    local file
    for file in /etc/pam.d/{sudo,sudo-i,sudo-rs,sudo-rs-i}; do
        [ -f "$file" ] || continue
        {
            printf '# BEGIN kepm\naccount requisite %s\n# END kepm\n' "$LIBEXEC/pam_kepm_gate.so"
            without_block "$file"
        } | replace "$file"
    done
}

# After the files: a Plugin line without its file stops all of sudo. Lines of type approval and audit leave sudo's
# own default (sudoers) in place; only a policy plugin's line would take it away.
sudo_plugin() {
    command -v sudo >/dev/null || { say "no sudo here: its plugin is not configured"; return; }
    sudo_is_new_enough || { say "this sudo is older than 1.9.2: its plugin is not configured"; return; }
    [ -e /etc/sudo.conf ] || install -o root -g root -m 0644 /dev/null /etc/sudo.conf
    {
        without_block /etc/sudo.conf
        printf '%s\n' '# BEGIN kepm' "Plugin kepm_approval $LIBEXEC/kepm_sudo.so" "Plugin kepm_audit $LIBEXEC/kepm_sudo.so" \
            'Set group_source dynamic' '# END kepm'
    } | replace /etc/sudo.conf
}

# Only a faster start: without it the agent starts all the same.
archive() {
    "$SBIN/KeeperPrivilegeManager" --archive >/dev/null 2>&1 ||
        say "no class-data archive: the agent starts a little slower"
}

main() {
    check
    accounts
    directories
    runtime
    service
    policies
    command_line
    helpers
    plugin_configuration
    pam_service
    keep
    works_before=no
    ! sudo -n true >/dev/null 2>&1 || works_before=yes
    sudo_plugin
    pam_gate
    [ "$works_before" = no ] || proved
    rm -rf "$KEPT"
    archive
    say "$(basename "$HERE") is in $KEEPER"
    [ ! -e /run/keeper/ready ] || say "the agent that runs is the former one until it is restarted"
}

main "$@"
