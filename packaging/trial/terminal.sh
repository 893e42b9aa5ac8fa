# shellcheck shell=bash
# A person at a terminal, for the demonstration.

# answer_prompt TEXT CMD...: runs CMD on a terminal of its own and types TEXT at its first question, that is when
# it falls silent on a line that ends with `:`, `?` or `>`. Prints what the terminal shows; exit code as CMD's.
answer_prompt() {
    local text=$1 command answered='' line='' char from to pid silent
    shift
    printf -v command '%q ' "$@"
    coproc TERMINAL { SHELL=/bin/bash exec script -qefc "exec $command" /dev/null 2>&1; }
    # shellcheck disable=SC2153
    pid=$TERMINAL_PID
    exec {from}<&"${TERMINAL[0]}" {to}>&"${TERMINAL[1]}"
    while true; do
        silent=0
        IFS= read -r -N 1 -t 0.3 -u "$from" char || silent=$?
        if [ "$silent" = 0 ]; then
            printf '%s' "$char"
            if [ "$char" = $'\n' ]; then line=''; else line+=$char; fi
        elif [ "$silent" -le 128 ]; then
            break
        elif [ -z "$answered" ] && [[ $line =~ [:?\>][[:space:]]*$ ]]; then
            answered=yes
            printf '%s\r' "$text" >&"$to"
        fi
    done
    exec {from}<&- {to}>&-
    wait "$pid"
}
