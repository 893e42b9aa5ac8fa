#!/usr/bin/env bash
# Decisions at a steady rate with the agent's own flags: how late the answers come.
# usage: benchmarks/run soak [POLICIES [DECISIONS_A_SECOND [SECONDS]]]    10,000, 100,000 and 600 (ten minutes)
set -euo pipefail
cd "$REPO"
. benchmarks/flags.sh
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
java=(java -Dorg.slf4j.simpleLogger.defaultLogLevel=error
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)")
agent_flags "${1:-10000}"
echo "${flags[*]}"
exec "${java[@]}" "${flags[@]}" io.kepm.policy.SoakMeasure "${1:-10000}" "${2:-100000}" "${3:-600}"
