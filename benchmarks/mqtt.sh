#!/usr/bin/env bash
# Messages of 1 KiB with QoS 1 over TLS, from publisher to subscriber, a second: our broker, the same without our checks,
# and Mosquitto (Debian: mosquitto; it is started here, on a free port, and ended), interleaved.
# usage: benchmarks/run mqtt [SECONDS [ROUNDS]]
set -euo pipefail
cd "$REPO"
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
exec java -XX:+UseSerialGC -Xmx512m -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)" io.kepm.mqtt.BrokerMeasure "${1:-5}" "${2:-3}"
