#!/bin/sh
# Usage: install.sh base|dev. Makes .venv, installs the locked packages of requirements/$1.txt and the project itself.
set -eu

stop() {
    printf '\n%s\n' "$@" >&2
    exit 1
}

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 ||
    stop "Il manque Python (3.11 ou plus récent)." "Sur Debian ou Ubuntu : apt-get install python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "Préau demande Python 3.11 ou plus récent ; « $python » est $("$python" --version 2>&1)." \
        "Avec un autre Python : make PYTHON=/chemin/vers/python3 demo"

# A virtual environment whose Python has moved or was left half made is made again.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "Il manque le module venv de Python." "Sur Debian ou Ubuntu : apt-get install python3-venv"
    echo "Création de l’environnement .venv…"
    "$python" -m venv --clear .venv
fi

echo "Installation des paquets de requirements/$1.txt…"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$1.txt"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
