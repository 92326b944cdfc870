#!/bin/sh
# Resolves every lock file anew: names, versions and hashes only, no addresses.
# Usage: sh tools/lock.sh path/to/uv
set -eu
uv=$(realpath "$1")
cd "$(dirname "$0")/../requirements"
lock() { "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$@"; }

lock uv.in -o uv.lock
lock app.in -o app.lock
lock -c app.lock dev.in -o dev.lock
lock --override rasa.overrides rasa.in -o rasa.lock
lock --override rasa.overrides -c rasa.lock rasa-test.in -o rasa-test.lock
lock --override build.overrides build.in -o build.lock
"$uv" pip compile --quiet --python-version 3.10 --generate-hashes --no-header stock.in -o stock.lock
