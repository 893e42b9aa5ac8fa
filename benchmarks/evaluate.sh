#!/usr/bin/env bash
# Decisions a second on one core, beside event-ruler, jCasbin, Cedar and an unindexed scan on the same rules and requests;
# then how flat it is (FlatMeasure), load time, memory and the slowest decisions, in a heap as small as the agent's. A peer is asked up to the size that
# it builds or answers within minutes: the others would be alone for hours. Without options, some seven minutes.
# usage: benchmarks/run evaluate [JMH options, such as -p rules=10000 -p engine=kepm]
set -euo pipefail
cd "$REPO"
. benchmarks/flags.sh
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
java=(java -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)")

measure() {
    "${java[@]}" -Xmx3g org.openjdk.jmh.Main -t 1 -f 1 -wi 2 -w 2 -i 3 -r 2 -foe true "$@" 'EvaluateBenchmark.*'
}

if [ $# -gt 0 ]; then
    measure "$@"
    exit
fi
measure -p engine=kepm
measure -p engine=event-ruler,scan,jCasbin -p rules=100,1000,10000
measure -p engine=Cedar -p rules=100,1000
"${java[@]}" -Xmx1g io.kepm.policy.FlatMeasure 100 1000 10000 100000
for policies in 1000 10000 100000; do
    agent_flags "$policies"
    "${java[@]}" "${flags[@]}" io.kepm.policy.LoadMeasure "$policies"
done
