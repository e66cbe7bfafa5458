#!/usr/bin/env bash
# Runs a command beside a fresh shop on a throw-away database: scripts/with-shop.sh COMMAND…
# BIZHUB_URL is its address; admin's password is changeme123, as after a first start. BIZHUB_BIN names another binary;
# with BIZHUB_SHOP_DEMO=1 the shop has a year of demo data.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || { echo "usage: scripts/with-shop.sh COMMAND [ARGUMENT…]" >&2; exit 2; }
if [ "$1" != inside ]; then
    exec scripts/with-postgres.sh "$0" inside "$@"
fi
shift

bin=${BIZHUB_BIN:-target/debug/bizhub}
[ -x "$bin" ] || { echo "$bin is missing: run cargo build --workspace --tests --bins" >&2; exit 1; }
psql() { "${BIZHUB_PG_BIN_DIR:-/usr/bin}/psql" "$@"; }
psql -X -q -c "CREATE DATABASE shop" "$DATABASE_URL"

dir=$(mktemp -d /tmp/bizhub-shop.XXXXXX)
shop=
finish() {
    if [ -n "$shop" ]; then
        kill "$shop" 2>/dev/null || true
        # The end of its output is the end of the server.
        cat <&3 >/dev/null || true
    fi
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
log=${BIZHUB_SHOP_LOG:-$dir/log}
if [ -n "${BIZHUB_SHOP_DEMO:-}" ]; then
    "$bin" seed --demo --database-url "${DATABASE_URL%/*}/shop" --data-dir "$dir/data" >/dev/null
fi
exec 3< <(exec "$bin" serve --listen 127.0.0.1:0 --database-url "${DATABASE_URL%/*}/shop" --data-dir "$dir/data" 2>"$log")
shop=$!
if ! read -r line <&3; then
    cat "$log" >&2
    exit 1
fi
export BIZHUB_URL=${line#BizHub is ready at }
status=0
"$@" || status=$?
if grep -q ' ERROR ' "$log"; then
    echo "the server logged errors:" >&2
    grep ' ERROR ' "$log" | head -n 20 >&2
    [ "$status" != 0 ] || status=1
fi
exit "$status"
