#!/usr/bin/env bash
# Decisions a second on one core, beside event-ruler, jCasbin and an unindexed scan on the same rules and requests.
# usage: benchmarks/run evaluate [JMH options, such as -p rules=10000]
set -euo pipefail
cd "$REPO"
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
exec java -Xmx3g -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)" org.openjdk.jmh.Main \
    -t 1 -f 1 -wi 2 -w 2 -i 3 -r 3 "$@" 'EvaluateBenchmark.*'
