# shellcheck shell=bash
# The agent inside the trial's world: install, start, stop, logs.

readonly SBIN=/opt/keeper/sbin
readonly AGENT_PID=/run/kepm-trial.agent

# agent_install TARBALL POLICIES PORTS SETTING...: policies and ports may be empty.
agent_install() {
    local setting
    say "installing $(basename "$1") inside"
    enter mkdir /tmp/kepm
    enter tar -xz --no-same-owner -C /tmp/kepm <"$1"
    # A KEPM that is installed on this machine is not part of the trial.
    enter bash -c 'cd /tmp/kepm/* && { [ ! -d /opt/keeper ] || bash uninstall.sh --purge --yes; } && exec bash install.sh' \
        >"$STATE/install.log" 2>&1 || die "install.sh failed: $(cat "$STATE/install.log")"
    enter rm -rf /tmp/kepm
    [ -z "$2" ] || policies_from "$2"
    [ -z "$3" ] || move_ports "$3"
    for setting in "${@:4}"; do
        change_settings --arg name "${setting%%=*}" --argjson value "${setting#*=}" \
            'setpath(["Settings"] + ($name | split(".")); $value)'
    done
}

# These policies and no other ones.
policies_from() {
    enter find "$SBIN/policies" -mindepth 1 -delete
    tar -C "$1" -cf - . | enter tar -x --no-same-owner --no-same-permissions -C "$SBIN/policies"
    enter chown -R root:kepm-admins "$SBIN/policies"
    enter chmod -R u=rwX,g=rX,o= "$SBIN/policies"
}

move_ports() {
    local http https mqtt
    IFS=, read -r http https mqtt <<<"$1"
    change_settings --argjson http "$http" --argjson https "$https" --argjson mqtt "$mqtt" \
        '.Settings.KestrelHttpPort = $http | .Settings.KestrelHttpsPort = $https | .Settings.MqttBrokerSettings.Port = $mqtt'
}

# change_settings JQ-ARGUMENT...
change_settings() {
    local file
    file=$(inside "$SBIN/appsettings.json")
    jq "$@" "$file" >"$STATE/appsettings.json"
    cat "$STATE/appsettings.json" >"$file"
}

# Returns when the agent says that it is ready.
agent_start() {
    local java
    need_running
    java=$(java_17) || die "no Java 17 of root's under /usr/lib/jvm"
    ! agent_pid >/dev/null || die "the agent is running already"
    # shellcheck disable=SC2016
    nsenter_world env -i PATH="$TRIAL_PATH" HOME=/root LANG=C.UTF-8 JAVA_HOME="$java" bash -c '
        rm -f /run/keeper/ready
        cd / && umask 022
        setsid env --default-signal "$1/KeeperPrivilegeManager" </dev/null >>"$1/Log/agent.out" 2>&1 &
        echo $! >"$2"' agent "$SBIN" "$AGENT_PID"
    wait_for 60 agent_settled || true
    if ! [ -e "$(inside /run/keeper/ready)" ] || ! agent_pid >/dev/null; then agent_failed; fi
}

# The agent's PID inside, if it lives.
agent_pid() {
    local pid
    { read -r pid <"$(inside "$AGENT_PID")"; } 2>/dev/null && [ -d "$(inside "/proc/$pid")" ] && printf '%s\n' "$pid"
}

agent_settled() { [ -e "$(inside /run/keeper/ready)" ] || ! agent_pid >/dev/null; }

agent_failed() {
    if agent_pid >/dev/null; then say "the agent is not ready after 60 s; its last words:"; else say "the agent ended; its last words:"; fi
    agent_logs '' 2>&1 | tail -n 30 | sed 's/^/    /' >&2
    exit 1
}

# agent_stop [--kill]: asks first and kills after 15 s, or kills at once.
agent_stop() {
    local pid
    need_running
    pid=$(agent_pid) || { say "the agent is not running"; return 0; }
    if [ "${1-}" = --kill ]; then
        inner_kill -KILL -- "-$pid"
    else
        inner_kill -TERM "$pid"
    fi
    wait_for 15 agent_ended || inner_kill -KILL -- "-$pid"
    wait_for 5 agent_ended || die "the agent does not end"
}

# The shell's own kill: the program is in a package that a small system lacks.
# shellcheck disable=SC2016
inner_kill() { enter bash -c 'kill "$@"' kill "$@" 2>/dev/null || true; }

agent_ended() { ! agent_pid >/dev/null; }

# agent_logs [-f]
agent_logs() {
    # shellcheck disable=SC2016
    enter bash -c 'cd "$1" && shift && touch agent.out && exec tail -n 200 "$@" $(ls agent.out KeeperLogger.log 2>/dev/null)' \
        logs "$SBIN/Log" ${1:+"$1"}
}
