#!/usr/bin/env bash
# How fast records become durable and are found again, with the agent's own flags.
# usage: benchmarks/run storage [FOLDER [RECORDS]]    a folder on the disk to measure (/var/tmp), and 200,000
set -euo pipefail
cd "$REPO"
mvn -q -B -DskipTests -DskipITs -pl benchmarks -am package
flags=$(grep -oE -- '-XX:[+-]?(UseSerialGC|UseTransparentHugePages|Tier4[A-Za-z]+=[0-9]+)|-Xm[snx][0-9]+m' \
    karaf-assembly/src/main/resources/sbin/KeeperPrivilegeManager)
# shellcheck disable=SC2086
exec java $flags -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "benchmarks/target/classes:$(cat benchmarks/target/class-path)" \
    io.kepm.storage.StoreMeasure "${1:-/var/tmp}" "${2:-200000}"
