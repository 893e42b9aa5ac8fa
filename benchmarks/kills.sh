#!/usr/bin/env bash
# Kills the assembled agent again and again in a burst of commands, and looks whether effects and records agree in both
# directions and the chain holds; the same for a store alone, and for one whose memory runs out.
# usage: benchmarks/run kills [ROUNDS [OPTION OF MAVEN]...]    200; needs root, as the tests of the assembled agent do
set -euo pipefail
cd "$REPO"
exec mvn -B -ntp verify "-Dkepm.killRounds=${1:-200}" \
    '-Dtest=CrashTest' -Dsurefire.failIfNoSpecifiedTests=false \
    '-Dit.test=DurabilityIT#ab_111*' -Dfailsafe.failIfNoSpecifiedTests=false "${@:2}"
