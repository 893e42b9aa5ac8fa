#!/bin/sh
# Builds @ID@.jar with the words of this machine's KEPM, or of the unpacked distribution that KEPM names.
set -eu
cd "$(dirname "$0")"
lib=${KEPM:-/opt/keeper}/lib/system
if ! api=$(ls "$lib"/io/kepm/api/*/api-*.jar) || ! osgi=$(ls "$lib"/org/apache/felix/org.apache.felix.framework/*/*.jar); then
    echo "build.sh: no KEPM that you may read: as root, or name an unpacked distribution: KEPM=DIR ./build.sh" >&2
    exit 1
fi
rm -rf classes
mkdir classes
javac --release 17 -cp "$api:$osgi" -d classes src/*.java
jar --create --file @ID@.jar --manifest MANIFEST.MF -C classes . KEPM-INF
echo "built @ID@.jar; next: sign it"
