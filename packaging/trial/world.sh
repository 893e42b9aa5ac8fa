# shellcheck shell=bash
# The trial's world: a mount, a PID and an IPC namespace whose first process is world-init.sh. What is in
# $STATE on the machine's side:
#   world       "PID START-TIME" of that first process, as the machine numbers it
#   status      what it says while it builds the trial's root; ends with `up`
#   cgroup      with KEPM_SYSTEMD: where its cgroup is
#   scratch/    the throw-away layers (a link into /dev/shm where the directory's file system can't hold them)

readonly TRIAL_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Becomes the world's first process, with KEPM_SYSTEMD in a cgroup and a cgroup namespace of its own.
# shellcheck disable=SC2016
readonly UNSHARE_WORLD='
    cgroup=$1 net=$2
    shift 2
    [ -z "$cgroup" ] || echo $$ >"$cgroup/cgroup.procs" || exit
    exec unshare --mount --pid --ipc ${cgroup:+--cgroup} ${net:+--net} --fork --kill-child --propagation private -- "$@"'

# Makes and prints the cgroup of a world with a systemd; nothing for others.
world_cgroup() {
    local top
    [ -n "${KEPM_SYSTEMD-}" ] || return 0
    top=$(findmnt -rnt cgroup2 -o TARGET | head -n 1)
    [ -n "$top" ] || die "KEPM_SYSTEMD needs cgroups of version 2"
    mkdir "$top/kepm-trial.$$"
    printf '%s\n' "$top/kepm-trial.$$" | tee "$STATE/cgroup"
}

systemd_is_up() { running && [ -S "$(inside /run/systemd/private)" ]; }

# world_start LAYER JAVA-HOME: either may be empty; with PRIVATE_NET it has a network of its own, which is a loopback alone.
# The caller holds the cache's lock, so two do not claim one directory.
world_start() {
    local unshare
    world_claim
    seed "$1"
    setsid /bin/bash -c "$UNSHARE_WORLD" unshare "$(world_cgroup)" "${PRIVATE_NET-}" \
        /bin/bash "$TRIAL/world-init.sh" "$STATE" "$BASE" "${2-}" "${KEPM_SYSTEMD:+/lib/systemd/systemd}" \
        </dev/null >"$STATE/status" 2>&1 {CACHE_LOCK}>&- &
    unshare=$!
    wait_for 20 world_settled "$unshare" || true
    if world_is_up && { [ -z "${KEPM_SYSTEMD-}" ] || wait_for 20 systemd_is_up; }; then
        [ -z "${PRIVATE_NET-}" ] || loopback_up
        return
    fi
    kill -KILL "$unshare" 2>/dev/null || true
    die "could not build the trial's world: $(cat "$STATE/status")"
}

loopback_up() {
    running && nsenter --target "$INIT" --net -- ip link set lo up && return
    world_stop
    die "could not start the loopback of the trial (it takes \`ip\`, of the package iproute2)"
}

# Takes the state directory; what a killed trial left in it goes.
world_claim() {
    if [ -e "$STATE" ]; then
        [ -e "$STATE/kepm-trial" ] || rmdir "$STATE" 2>/dev/null || die "$STATE is not a trial's directory: move it away"
        rm -rf "$(scratch_place)" "$STATE"
    fi
    mkdir -p "${STATE%/*}"
    mkdir -m 0700 "$STATE"
    : >"$STATE/kepm-trial"
    mkdir "$STATE/scratch" "$STATE/root"
    can_hold_layers "$STATE/scratch" || move_scratch
}

scratch_place() { readlink -f "$STATE/scratch"; }

can_hold_layers() {
    mkdir "$1/upper" "$1/work"
    unshare --mount --propagation private mount -t overlay overlay \
        -o "lowerdir=$BASE,upperdir=$1/upper,workdir=$1/work" "$STATE/root" 2>/dev/null
    local answer=$?
    rm -rf "$1/upper" "$1/work"
    return "$answer"
}

move_scratch() {
    local place
    rmdir "$STATE/scratch"
    place=$(mktemp -d /dev/shm/kepm-trial.XXXXXX)
    ln -s "$place" "$STATE/scratch"
    can_hold_layers "$place" || die "this system does not let us lay a throw-away file system over its own (overlay)"
}

# The kernel refuses a lower layer that lies inside another one (the cache is beneath /), so the layer is copied.
seed() {
    local upper=$STATE/scratch/0/upper
    mkdir -p "$upper"
    chmod --reference="$BASE" "$upper"
    chown --reference="$BASE" "$upper"
    [ -z "$1" ] || cp -a "$1/." "$upper/"
}

world_is_up() { [ "$(tail -n 1 "$STATE/status" 2>/dev/null)" = up ]; }

world_settled() { world_is_up || ! [ -d "/proc/$1" ]; }

start_time() {
    local line fields
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -ra fields <<<"${line##*) }"
    printf '%s\n' "${fields[19]}"
}

# True when the trial lives; INIT is then the PID of its first process.
INIT=''
running() {
    local pid start
    { read -r pid start <"$STATE/world"; } 2>/dev/null || return 1
    [ "$(start_time "$pid")" = "$start" ] || return 1
    INIT=$pid
}

need_running() { running || die "no trial is running in $STATE: ./run up"; }

# A path of the trial as seen from here.
inside() { printf '/proc/%s/root%s\n' "$INIT" "$1"; }

# CMD... inside, with our environment. With REPLACE=exec it takes our place, so that signals meet it alone.
nsenter_world() {
    need_running
    PATH=$TRIAL_PATH ${REPLACE-} nsenter --target "$INIT" --mount --pid --ipc --cgroup --net -- "$@"
}

# CMD... as root inside; standard streams and exit code are CMD's. It ends with us.
enter() {
    nsenter_world setpriv --pdeathsig TERM env -i PATH="$TRIAL_PATH" HOME=/root USER=root LOGNAME=root \
        SHELL=/bin/bash LANG=C.UTF-8 TERM="${TERM:-dumb}" "$@"
}

# enter_as USER CMD...
enter_as() {
    local user=$1 tty=''
    shift
    [[ $user =~ ^[A-Za-z_][A-Za-z0-9._@-]{0,31}$ ]] || die "not a user name: \`$user\`"
    if [ -t 0 ] && [ -t 1 ]; then tty=yes; fi
    nsenter_world env -i PATH="$TRIAL_PATH" TERM="${TERM:-dumb}" bash -c "$(cat "$TRIAL/as-user.sh")" as-user "$user" "$tty" "$@"
}

# Ends the trial, also a half-started one; twice does no harm.
world_stop() {
    [ -e "$STATE/kepm-trial" ] || return 0
    if running; then
        (agent_stop) >/dev/null 2>&1 || true
        kill -KILL "$INIT"
        wait_for 10 world_gone || say "a process of the trial does not end: $INIT"
    fi
    [ ! -e "$STATE/cgroup" ] || wait_for 10 cgroup_gone "$(cat "$STATE/cgroup")" || say "a cgroup of the trial is left"
    rm -rf "$(scratch_place)" "$STATE"
}

cgroup_gone() { find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || ! [ -e "$1" ]; }

world_gone() { ! running; }

down() {
    running || [ -e "$STATE/kepm-trial" ] || { say "nothing is running in $STATE"; return; }
    world_stop
    say "the trial is gone"
}
