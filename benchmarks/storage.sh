#!/usr/bin/env bash
# How fast records become durable and are found again, with the agent's own flags.
# usage: benchmarks/run storage [FOLDER [RECORDS]]    a folder on the disk to measure (/var/tmp), and 200,000
set -euo pipefail
cd "$REPO"
. benchmarks/flags.sh
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
java=(java -Dorg.slf4j.simpleLogger.defaultLogLevel=error
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)")
agent_flags 1
exec "${java[@]}" "${flags[@]}" io.kepm.storage.StoreMeasure "${1:-/var/tmp}" "${2:-200000}"
