# shellcheck shell=bash
# The demonstration: what a governed user meets, on real sudo with the real agent. A step counts as shown only by
# what happened: a file that only root can write, the exit code, the audit.

# shellcheck disable=SC2034
readonly DEMO_POLICIES=$REPO/itests/samples/demo-policies
readonly EFFECTS=/var/lib/kepm-demo/effects

demo() {
    colours
    FAILED=0
    OUTPUT=$(mktemp) RECORDS=$(mktemp)
    demo_policies
    demo_commands
    wait_for 20 test -e "$(inside /etc/sudoers.d/kepm)" || say "sudo is not open to governed users yet; \`./run logs\` may say why"

    allowed_command
    denied_command
    command_with_a_reason
    reason_without_a_terminal
    argument_that_does_not_fit
    agent_away
    audit_of_it

    rm -f "$OUTPUT" "$RECORDS"
    if [ "$FAILED" = 0 ]; then
        printf '\n%sAll of it happened as it should.%s\n' "$GOOD" "$PLAIN"
    else
        printf '\n%s%d things did not happen as they should.%s  ./run logs shows what the agent says.\n' "$BAD" "$FAILED" "$PLAIN"
        return 1
    fi
}

# ---- the steps ----

allowed_command() {
    heading 'An allowed command' 'alice may restart the web server. The command runs as root and ends with 7; sudo passes the 7 on.'
    begin
    type_as alice sudo kepm-demo-restart nginx
    check 'exit code 7 reached alice' [ "$CODE" = 7 ]
    check 'it ran once, as root' effects 'uid=0 restart nginx'
    check 'the audit holds the decision' recorded ALLOW kepm-demo-restart nginx
    check 'the audit holds the end of the command' recorded_type ELEVATION_ENDED kepm-demo-restart
}

denied_command() {
    heading 'A denied command' 'A policy says that nobody wipes a disk by hand.'
    begin
    type_as alice sudo kepm-demo-wipe /dev/example
    check 'sudo refused with its own 1' [ "$CODE" = 1 ]
    check 'nothing ran' effects
    check 'alice was told which policy refused' grep -Eq 'demo-never-wipe|Nobody wipes' "$OUTPUT"
    check 'the audit holds the refusal' recorded DENY kepm-demo-wipe /dev/example
}

command_with_a_reason() {
    local why='Upgrade of the disk shelf tonight, ticket 4711'
    heading 'A command that needs a reason' 'alice is asked on her terminal, and answers.'
    begin
    typed alice sudo kepm-demo-backup
    run_and_show answer_prompt "$why" "$REPO/run" as alice -- sudo kepm-demo-backup
    check 'it ran once, as root' effects 'uid=0 backup'
    check 'the audit holds the decision' recorded ALLOW kepm-demo-backup
    check 'the audit holds her reason' reason_recorded "$why"
}

reason_without_a_terminal() {
    local why='Nightly job repeated by hand, ticket 4712'
    heading 'The same without a terminal' 'Nobody can be asked, so it fails at once and says what to do; then the reason comes along.'
    begin
    type_as alice sudo kepm-demo-backup
    check 'it was refused' [ "$CODE" = 1 ]
    check 'nothing ran' effects
    check 'alice was told what to do' grep -Eq 'KEPM_REASON|kepm run' "$OUTPUT"
    begin
    type_as alice env "KEPM_REASON=$why" sudo kepm-demo-backup
    check 'with the reason it ran once, as root' effects 'uid=0 backup'
    check 'the audit holds that reason' reason_recorded "$why"
}

argument_that_does_not_fit() {
    heading 'Arguments that are not in the policy' 'The policy names the one argument exactly; a clever one or a second one does not slip through.'
    begin
    type_as alice sudo kepm-demo-restart 'nginx; reboot'
    check 'it was refused' [ "$CODE" = 1 ]
    type_as alice sudo kepm-demo-restart nginx --now
    check 'it was refused' [ "$CODE" = 1 ]
    check 'nothing ran' effects
    check 'the audit holds the first refusal' recorded DENY kepm-demo-restart 'nginx; reboot'
    check 'the audit holds the second refusal' recorded DENY kepm-demo-restart nginx --now
}

agent_away() {
    heading 'The agent is stopped' 'Governed users are refused, root can still work.'
    begin
    shown '(the agent is stopped)'
    (agent_stop)
    type_as alice sudo kepm-demo-restart nginx
    check 'alice was refused' [ "$CODE" = 1 ]
    check 'nothing ran' effects
    type_as root sudo kepm-demo-restart nginx
    check "root's sudo ran it" effects 'uid=0 restart nginx'
    shown '(the agent is started again)'
    (agent_start) || true
    wait_for 20 test -e "$(inside /etc/sudoers.d/kepm)" || true
    begin
    type_as alice sudo kepm-demo-restart nginx
    check 'alice is served again' effects 'uid=0 restart nginx'
}

audit_of_it() {
    heading 'The audit' 'Every decision was on disk before it was answered.'
    type_as root kepm audit list --limit 12
    check 'it is listed' [ "$CODE" = 0 ]
    type_as root kepm audit verify
    check 'the chain of records holds' [ "$CODE" = 0 ]
}

what_to_try() {
    cat <<TEXT

${TITLE}The trial stays up.${PLAIN} Some things to try:
  ./run shell alice                       be alice: sudo kepm-demo-restart postgresql, sudo id, kepm list
  ./run exec -- kepm status               be root
  ./run exec -- kepm audit list
  ./run logs -f                           what the agent says
  ./run restart --kill                    end the agent the hard way, on the same files
The policies are in $SBIN/policies of the trial: change one from ./run shell and try again.
  ./run down                              ends it; nothing stays
TEXT
}

# ---- the demonstration's own policies and commands ----

# A trial that was started without them gets them beside its own; the agent sees new files within 2 s.
demo_policies() {
    local file new=''
    for file in "$DEMO_POLICIES"/*.json; do
        cmp -s "$file" "$(inside "$SBIN/policies/${file##*/}")" && continue
        enter install -o root -g kepm-admins -m 0640 /dev/stdin "$SBIN/policies/${file##*/}" <"$file"
        new=yes
    done
    [ -z "$new" ] || sleep 3
}

# Three commands of root's that leave a line in a file that only root can write.
demo_commands() {
    demo_command kepm-demo-restart 'restart $*' 7
    demo_command kepm-demo-wipe 'wipe $*' 0
    demo_command kepm-demo-backup backup 0
    enter install -d -m 0700 "${EFFECTS%/*}"
    enter touch "$EFFECTS"
    enter_as alice true
}

# demo_command NAME EFFECT EXIT-CODE
demo_command() {
    # shellcheck disable=SC2016
    printf '#!/bin/sh\necho "uid=$(id -u) %s" >>%s\necho "%s: done as $(id -un)"\nexit %s\n' "$2" "$EFFECTS" "$1" "$3" |
        enter install -o root -g root -m 0755 /dev/stdin "/usr/local/sbin/$1"
}

# ---- typing and judging ----

# What follows is judged by effects and records after this point.
begin() {
    enter truncate -s 0 "$EFFECTS"
    fetch_records
    SINCE=$(jq '[.[].seq] | max // 0' "$RECORDS")
}

# Without a terminal.
type_as() {
    typed "$@"
    run_and_show enter_as "$@" </dev/null
}

# Runs CMD...: what it prints is shown and in OUTPUT, its exit code in CODE.
run_and_show() {
    CODE=0
    "$@" >"$OUTPUT" 2>&1 || CODE=$?
    tr -d '\r' <"$OUTPUT" | sed "s/^/    /"
    FETCHED=''
}

# effects [LINE...]: exactly these lines were written.
effects() {
    local wanted=''
    [ $# = 0 ] || printf -v wanted '%s\n' "$@"
    [ "$(enter cat "$EFFECTS"; echo .)" = "$wanted." ]
}

fetch_records() {
    [ -n "${FETCHED-}" ] && return
    enter kepm audit list --json --limit 200 2>/dev/null | jq 'if type == "array" then . else .items end' >"$RECORDS" || echo '[]' >"$RECORDS"
    FETCHED=yes
}

# any_record FILTER [JQ OPTION...]: one of the records of this step passes the filter.
any_record() {
    local filter=$1
    shift
    fetch_records
    wait_for 3 found_or_fetched_again "any(.[]; .seq > \$since and ($filter))" --argjson since "$SINCE" "$@"
}

found_or_fetched_again() {
    jq -e "$@" <"$RECORDS" >/dev/null && return
    FETCHED=''
    fetch_records
    return 1
}

# recorded OUTCOME PROGRAM ARGUMENT...: of alice, with exactly these arguments.
recorded() {
    # shellcheck disable=SC2016
    any_record '.user_info.name == "alice" and (.outcome // "" | startswith($outcome))
        and (.target_info.path // "" | endswith("/" + $program)) and .target_info.argv[1:] == $arguments' \
        --arg outcome "$1" --arg program "$2" --argjson arguments "$(json_list "${@:3}")"
}

json_list() {
    local word
    for word in "$@"; do
        printf '%s' "$word" | jq -Rs .
    done | jq -sc .
}

recorded_type() {
    # shellcheck disable=SC2016
    any_record '.audit_event_type == $type and (.target_info.path // "" | endswith("/" + $program))' --arg type "$1" --arg program "$2"
}

reason_recorded() {
    # shellcheck disable=SC2016
    any_record '.user_info.name == "alice" and (.reason // "" | contains($why))' --arg why "$1"
}

# ---- how it looks ----

colours() {
    TITLE='' GOOD='' BAD='' DIM='' PLAIN='' STEP=0
    [ -t 1 ] || return 0
    TITLE=$'\e[1m' GOOD=$'\e[32m' BAD=$'\e[31m' DIM=$'\e[2m' PLAIN=$'\e[0m'
}

heading() {
    STEP=$((STEP + 1))
    printf '\n%s%d. %s%s\n%s   %s%s\n' "$TITLE" "$STEP" "$1" "$PLAIN" "$DIM" "$2" "$PLAIN"
}

# typed USER CMD...: as one would type it.
typed() {
    local word line=''
    for word in "${@:2}"; do
        [[ $word =~ ^[A-Za-z0-9_./=-]+$ ]] || word="'$word'"
        line+=" $word"
    done
    if [ "$1" = root ]; then shown "root#$line"; else shown "$1\$$line"; fi
}

shown() { printf '  %s%s%s\n' "$TITLE" "$1" "$PLAIN"; }

# check CLAIM CMD...
check() {
    local claim=$1
    shift
    if "$@"; then
        printf '  %s✓%s %s\n' "$GOOD" "$PLAIN" "$claim"
    else
        printf '  %s✗ %s%s\n' "$BAD" "$claim" "$PLAIN"
        FAILED=$((FAILED + 1))
    fi
}
