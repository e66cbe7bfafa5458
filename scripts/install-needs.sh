#!/usr/bin/env bash
# Installs what is missing on this machine, and nothing else: scripts/install-needs.sh run|test
#   run   what BizHub needs to be built and started
#   test  also what its tests need
set -euo pipefail
for_what=${1:-run}
case $for_what in run | test) ;; *) echo "usage: scripts/install-needs.sh run|test" >&2; exit 2 ;; esac

packages=()
need() { # need PACKAGE… unless CHECK holds
    local check=$1
    shift
    eval "$check" >/dev/null 2>&1 || packages+=("$@")
}

has_postgres() {
    local bin
    for bin in "${BIZHUB_PG_BIN_DIR:-}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
        [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && return 0
    done
    command -v initdb && command -v postgres
}
need has_postgres postgresql
need "command -v cc" build-essential
if [ "$for_what" = test ]; then
    need "command -v psql" postgresql-client
    need "command -v chromium || command -v chromium-browser || command -v google-chrome" chromium fonts-dejavu-core
    need "command -v pdftotext" poppler-utils
    need "command -v zbarimg" zbar-tools
    need "command -v setpriv" util-linux
    need "python3 -m venv --help && python3 -c 'import ensurepip'" python3 python3-venv python3-pip
fi

if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "BizHub needs ${packages[*]}: install them with  sudo apt-get install ${packages[*]}  and run this again" >&2
        exit 1
    fi
    if ! command -v apt-get >/dev/null; then
        echo "BizHub needs what Debian calls ${packages[*]}: install them with this system's package manager and run this again" >&2
        exit 1
    fi
    if [[ " ${packages[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        # BizHub keeps its own cluster; Debian would otherwise make and start one of its own on port 5432.
        mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing ${packages[*]} …"
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}" >/dev/null
fi

if [ "$for_what" = test ]; then
    if [ -e e2e/package-lock.json ] && [ ! e2e/node_modules/.package-lock.json -nt e2e/package-lock.json ]; then
        echo "Installing the browser tests' packages …"
        (cd e2e && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error)
    fi
    if [ -e scripts/requirements.txt ] && [ ! .venv/.installed -nt scripts/requirements.txt ]; then
        echo "Installing the fuzzer …"
        python3 -m venv .venv
        .venv/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements.txt
        touch .venv/.installed
    fi
fi
