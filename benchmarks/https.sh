#!/usr/bin/env bash
# The HTTPS door of a trial agent beside Jetty alone, of the same version, with the same TLS, answering a constant with the
# agent's own headers: 1, 16 and 64 connections that stay open, in turns; then round trips over the Unix socket. No limit is
# raised: 64 connections are within the shipped 256. With `evaluate` an administrator's token asks /api/evaluate, each answer after its durable record, instead of /health.
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
    ./run down >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
./run down >/dev/null 2>&1 || true
./run up --ports 26888,26889,28675 --policies "$policies" >/dev/null
./run exec -- cat /run/keeper/agent.crt >"$work/agent.crt"
"${java[@]}" "${flags[@]}" io.kepm.https.BareJetty 26890 "$work/bare.crt" &
bare=$!
for _ in $(seq 100); do
    [ ! -f "$work/bare.crt" ] || break
    sleep 0.1
done
agent=$(ss -Hltnp 'sport = :26889' | grep -oE 'pid=[0-9]+' | head -1 | cut -d= -f2)
token=
if [ "${2-}" = evaluate ]; then
    token=$(./run exec -- curl -sSf --unix-socket /run/keeper/agent.sock http://kepm/api/tokens \
        -H 'Content-Type: application/json' -d '{"kind": "admin"}' | jq -r .token)
fi
java -Xmx256m -cp "$classes" io.kepm.https.HttpsMeasure 26889 "$work/agent.crt" "$agent" 26890 "$work/bare.crt" "$bare" "${1:-10}" ${token:+"$token"}
./run exec -- mkdir -p /tmp/bench
tar -C benchmarks/target/classes -c io/kepm/https | ./run exec -- tar -C /tmp/bench -x
./run exec -- java -Xmx64m -cp /tmp/bench io.kepm.https.HttpsMeasure /run/keeper/agent.sock 5000
