#!/bin/sh
# Builds @ID@.kpk, to be signed like a jar.
set -eu
cd "$(dirname "$0")"
rm -f @ID@.kpk
jar --create --file @ID@.kpk @ID@.json plugin.py
echo "built @ID@.kpk; next: sign it"
