#!/usr/bin/env bash
# Decisions at a steady rate with the agent's own flags: how late the answers come.
# usage: benchmarks/run soak [POLICIES [DECISIONS_A_SECOND [SECONDS]]]    10,000, 100,000 and 600 (ten minutes)
set -euo pipefail
cd "$REPO"
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
flags=$(grep -oE -- '-XX:[+-]?(UseSerialGC|UseTransparentHugePages|Tier4[A-Za-z]+=[0-9]+)|-Xm[sn][0-9]+m' \
    karaf-assembly/src/main/resources/sbin/KeeperPrivilegeManager)
# shellcheck disable=SC2086
exec java $flags -Xmx192m -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)" \
    io.kepm.policy.SoakMeasure "${1:-10000}" "${2:-100000}" "${3:-600}"
