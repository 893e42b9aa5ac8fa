#!/usr/bin/env bash
# Mixed clients of the broker for an hour, slow, silent and vanished ones among them: whether memory, descriptors and threads
# stay as they are.
# usage: benchmarks/run mqttsoak [MINUTES]
set -euo pipefail
cd "$REPO"
if [ ! -f benchmarks/target/class-path ] || [ -z "${KEPM_BENCH_BUILT-}" ]; then
    mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
fi
exec java -XX:+UseSerialGC -Xmx192m -Dorg.slf4j.simpleLogger.defaultLogLevel=off \
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)" io.kepm.mqtt.BrokerSoak "${1:-60}"
