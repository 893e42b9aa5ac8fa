#!/usr/bin/env bash
# Decisions a second on one core, beside event-ruler, jCasbin, Cedar and an unindexed scan on the same rules and requests;
# then load time, memory and the slowest decisions. The heap is the agent's where only we are measured.
# usage: benchmarks/run evaluate [JMH options, such as -p rules=10000 -p engine=kepm]
set -euo pipefail
cd "$REPO"
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
classes="benchmarks/target/classes:$(cat benchmarks/target/class-path)"
java=(java -XX:+UseSerialGC -XX:+UseTransparentHugePages -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$classes")
"${java[@]}" -Xmx3g org.openjdk.jmh.Main -t 1 -f 1 -wi 2 -w 2 -i 3 -r 2 -foe false "$@" 'EvaluateBenchmark.*'
for policies in 1000 10000 100000; do
    "${java[@]}" -Xmx320m io.kepm.policy.LoadMeasure "$policies"
done
