#!/bin/sh
# Makes sure that a Chromium and PostgreSQL 15 or newer are there: installs them as root, else says what to run. The
# Chromium without windows does the journeys for half the work of the one with.
set -eu

has_postgres() {
    for initdb in "${POSTGRES_ROOT:-/usr/lib/postgresql}"/*/bin/initdb; do
        version=${initdb%/bin/initdb}
        [ -x "$initdb" ] && [ "${version##*/}" -ge 15 ] 2>/dev/null && return  # not a number: 9.6 and before
    done
    return 1
}

has_chromium() {
    command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1
}

missing=
has_chromium || missing="$missing chromium-headless-shell"
has_postgres || missing="$missing postgresql"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
    printf '\nIl manque :%s. Lancez d’abord :\n  sudo apt-get update && sudo apt-get install -y%s\n' "$missing" "$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
# shellcheck disable=SC2086  # two names, two words
apt-get install -y $missing
has_postgres || {
    echo "Le PostgreSQL de cette version de Debian est trop ancien : il faut la 15 ou plus récente." >&2
    exit 1
}
