#!/bin/sh
# Builds @ID@.jar. API is the jar with the agent's words: lib/system/io/kepm/api of the distribution.
set -eu
cd "$(dirname "$0")"
API=${API:?API: path of the api jar of your KEPM distribution}
OSGI=${OSGI:?OSGI: path of the OSGi framework jar of your KEPM distribution}
rm -rf classes
mkdir classes
javac --release 17 -cp "$API:$OSGI" -d classes src/*.java
jar --create --file @ID@.jar --manifest MANIFEST.MF -C classes . KEPM-INF
echo "built @ID@.jar; sign it: sign-plugin @ID@.jar"
