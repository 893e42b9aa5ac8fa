#!/bin/bash
# First process of a trial, in new mount, PID and IPC namespaces: lays the throw-away root over the machine's
# files, moves into it, then only reaps. The machine sees none of these mounts, and they go with this process.
# With SYSTEMD, the path of one, that becomes the first process, with no unit but what it needs itself.
# usage: world-init.sh STATE BASE JAVA-HOME [SYSTEMD]
set -eEuo pipefail
trap 'echo "failed: $BASH_COMMAND" >&2' ERR

state=$1 base=$2 java=$3 systemd=${4-}
root=$state/root
scratch=$(readlink -f "$state/scratch")

# /proc is still the machine's, so this is our PID as the machine numbers it.
write_pid() {
    local pid line fields
    read -r pid line </proc/self/stat
    read -ra fields <<<"${line##*) }"
    printf '%s %s\n' "$pid" "${fields[19]}" >"$state/world"
}

# overlay LOWER NUMBER TARGET
overlay() {
    local layers=$scratch/$2
    if [ ! -d "$layers/upper" ]; then
        mkdir -p "$layers/upper"
        chmod --reference="$1" "$layers/upper"
        chown --reference="$1" "$layers/upper"
    fi
    mkdir -p "$layers/work"
    mount -t overlay kepm-trial -o "lowerdir=$1,upperdir=$layers/upper,workdir=$layers/work,index=off,metacopy=off,redirect_dir=off" "$3"
}

# Other disks of the machine get a throw-away layer too, or are read-only; what is no disk, or named here, is not
# seen at all.
machine_mounts() {
    local target type number=0
    findmnt -rnuo TARGET,FSTYPE >"$state/mounts"
    while read -r target type; do
        case $type in
            ext[234] | xfs | btrfs | f2fs | zfs | overlay | bcachefs) ;;
            *) continue ;;
        esac
        case $target/ in
            / | // | "$state"/* | /proc/* | /sys/* | /dev/* | /run/* | /tmp/* | /var/tmp/*) continue ;;
            /boot/* | /mnt/* | /media/* | /var/lib/docker/* | /var/lib/containers/* | /var/lib/containerd/*) continue ;;
        esac
        if ! [ -d "$target" ] || ! [ -d "$root$target" ]; then continue; fi
        number=$((number + 1))
        overlay "$target" "$number" "$root$target" 2>/dev/null || read_only "$target"
    done <"$state/mounts"
}

read_only() {
    mount --bind "$1" "$root$1"
    mount -o remount,bind,ro "$root$1"
}

# Names of hosts: in a container they are single-file mounts, elsewhere often links into /run.
host_names() {
    local file real
    for file in /etc/hosts /etc/hostname /etc/resolv.conf; do
        real=$(readlink -f "$file" || true)
        if ! [ -s "$real" ] || cmp -s "$real" "$root$file"; then continue; fi
        mkdir -p "$root${real%/*}"
        [ "$real" != "$file" ] || rm -f "$root$file"
        cat "$real" >"$root$real"
    done
}

# Just the devices every program may have, terminals of our own, no log socket, no disk.
devices() {
    local name
    mount -t tmpfs -o mode=0755,nosuid kepm-trial "$root/dev"
    for name in null zero full random urandom tty; do
        cp -a "/dev/$name" "$root/dev/$name" 2>/dev/null || { : >"$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; }
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777,nosuid,nodev kepm-trial "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    for name in 0:stdin 1:stdout 2:stderr; do
        ln -s "/proc/self/fd/${name%:*}" "$root/dev/${name#*:}"
    done
}

# The kernel's switches are the machine's: read-only.
kernel_files() {
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    local file
    for file in sys sysrq-trigger; do
        [ ! -e "$root/proc/$file" ] || { mount --bind "$root/proc/$file" "$root/proc/$file"; mount -o remount,bind,ro "$root/proc/$file"; }
    done
    mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys" 2>/dev/null || true
}

fresh_directories() {
    mount -t tmpfs -o mode=0755,nosuid,nodev kepm-trial "$root/run"
    mount -t tmpfs -o mode=1777,nosuid,nodev kepm-trial "$root/tmp"
    mount -t tmpfs -o mode=1777,nosuid,nodev kepm-trial "$root/var/tmp"
    mkdir -m 1777 "$root/run/lock"
    # The layers must not be reached through themselves.
    [ ! -d "$root$state" ] || mount -t tmpfs -o mode=0700,nosuid,nodev kepm-trial "$root$state"
}

# A foreign base has no Java: it sees the machine's, and the few files outside that its links name.
lend_java() {
    local file
    [ "$base" != / ] && [ -n "$java" ] && [ ! -e "$root$java/bin/java" ] || return 0
    mkdir -p "$root$java"
    mount --bind "$java" "$root$java"
    mount -o remount,bind,ro "$root$java"
    find "$java" -type l -exec readlink -m {} + | sort -u | while read -r file; do
        case $file in
            "$java"/* | /usr/share/doc/*) ;;
            *) [ -e "$root$file" ] || [ ! -f "$file" ] || install -D -m 0644 "$file" "$root$file" ;;
        esac
    done
}

# It finds a target of our own, for which it starts nothing.
become_systemd() {
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir -p /run/systemd/system
    printf '[Unit]\nDescription=KEPM trial\nDefaultDependencies=no\n' >/run/systemd/system/kepm-trial.target
    exec env -i container=kepm-trial PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        "$systemd" --system --unit=kepm-trial.target --log-target=console --log-level=warning \
        </dev/null >/run/systemd.log 2>&1
}

move_in() {
    mkdir "$root/run/.machine"
    cd "$root"
    pivot_root . run/.machine
    umount -l /run/.machine
    rmdir /run/.machine
}

write_pid
overlay "$base" 0 "$root"
mkdir -p "$root"/{dev,proc,sys,run,tmp,var/tmp,etc}
[ "$base" != / ] || machine_mounts
fresh_directories
devices
kernel_files
host_names
lend_java
move_in
printf 'up\n'
[ -z "$systemd" ] || become_systemd
# shellcheck disable=SC2016
exec /usr/bin/env -i /bin/bash -c 'while :; do sleep infinity & wait $!; done' kepm-trial </dev/null >/dev/null 2>&1
