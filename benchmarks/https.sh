#!/usr/bin/env bash
# The HTTPS door of a trial agent beside Jetty alone, of the same version, with the same TLS, answering a constant with the
# agent's own headers: 1, 16 and 64 connections that stay open, in turns; then round trips over the Unix socket. No limit is
# raised: 64 connections are within the shipped 256. With `evaluate` an administrator's token asks /api/evaluate instead of /health: of the agent's own doors
# and evaluator with a thousand policies and records that nobody keeps, and of the trial agent, where each answer comes after its durable record.
# usage: benchmarks/run https [SECONDS OF A ROUND] [evaluate]
set -euo pipefail
cd "$REPO"
if [ ! -f benchmarks/target/class-path ] || [ -z "${KEPM_BENCH_BUILT-}" ]; then
    mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
fi
. benchmarks/flags.sh
classes="benchmarks/target/classes:$(cat benchmarks/target/class-path)"
java=(java -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$classes")
agent_flags 1
work=$(mktemp -d)
policies=$work/policies
mkdir "$policies"
finish() {
    [ -z "${bare-}" ] || kill "$bare" 2>/dev/null || true
    [ -z "${alone-}" ] || kill "$alone" 2>/dev/null || true
    ./run down >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"
"${java[@]}" "${flags[@]}" io.kepm.https.BareJetty 26890 "$work/bare.crt" &
bare=$!
for _ in $(seq 100); do
    [ ! -f "$work/bare.crt" ] || break
    sleep 0.1
done
# usage: token_of CURL COMMAND
token_of() {
    "$@" -sSf --unix-socket "$socket" http://kepm/api/tokens -H 'Content-Type: application/json' -d '{"kind": "admin"}' | jq -r .token
}
# usage: measure PORT CERTIFICATE PID [TOKEN WHAT]
measure() {
    java -Xmx256m -cp "$classes" io.kepm.https.HttpsMeasure "${@:1:3}" 26890 "$work/bare.crt" "$bare" "$seconds" "${@:4}"
}
seconds=${1:-10}
if [ "${2-}" = evaluate ]; then
    "${java[@]}" "${flags[@]}" -XX:ThreadPriorityPolicy=1 --add-exports java.base/sun.nio.ch=ALL-UNNAMED \
        io.kepm.https.EvaluationAlone 26891 26892 "$work" 1000 >/dev/null &
    alone=$!
    socket=$work/agent.sock
    for _ in $(seq 100); do
        [ ! -S "$socket" ] || [ ! -f "$work/agent.crt" ] || break
        sleep 0.1
    done
    measure 26892 "$work/agent.crt" "$alone" "$(token_of curl --retry 5 --retry-all-errors)" 'alone: its record is made, and kept by nobody'
    kill "$alone"
    alone=
fi
./run down >/dev/null 2>&1 || true
./run up --ports 26888,26889,28675 --policies "$policies" >/dev/null
./run exec -- cat /run/keeper/agent.crt >"$work/trial.crt"
agent=$(ss -Hltnp 'sport = :26889' | grep -oE 'pid=[0-9]+' | head -1 | cut -d= -f2)
if [ "${2-}" = evaluate ]; then
    socket=/run/keeper/agent.sock
    measure 26889 "$work/trial.crt" "$agent" "$(token_of ./run exec -- curl)" 'each after its durable record'
else
    measure 26889 "$work/trial.crt" "$agent"
fi
./run exec -- mkdir -p /tmp/bench
tar -C benchmarks/target/classes -c io/kepm/https | ./run exec -- tar -C /tmp/bench -x
./run exec -- java -Xmx64m -cp /tmp/bench io.kepm.https.HttpsMeasure /run/keeper/agent.sock 5000
