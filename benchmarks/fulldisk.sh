#!/usr/bin/env bash
# A store that has no room for a time, with four writers at it all the while, and then has: nothing that was acknowledged is
# lost, nothing that was refused is there, and it goes on by itself.
# usage: benchmarks/run fulldisk [SECONDS [OPTION OF MAVEN]...]    3600
set -euo pipefail
cd "$REPO"
exec mvn -B -ntp test -pl bundles/storage -am "-Dkepm.full.seconds=${1:-3600}" \
    '-Dtest=FullDiskTest#f10*' -Dsurefire.failIfNoSpecifiedTests=false "${@:2}"
