#!/usr/bin/env bash
# Renews .sqlx, which the queries of crates/db are checked against; with --check it only compares.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
    exec scripts/with-postgres.sh "$0" inside "$@"
fi
shift
PATH=${BIZHUB_PG_BIN_DIR:-/usr/bin}:$PATH
scripts/migrate-empty.sh "$DATABASE_URL"

committed=$PWD/.sqlx
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
# The macros write one file for each query that they see, so that every file of db must be compiled again.
touch crates/db/src/lib.rs
# The whole workspace with its tests: the same features as everywhere else, so nothing is compiled twice.
SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$fresh cargo build --workspace --tests --bins --locked

if [ "${1:-}" = --check ]; then
    if ! diff -r "$committed" "$fresh" >/dev/null; then
        diff -rq "$committed" "$fresh" | head -n 20 >&2 || true
        echo "the queries of crates/db no longer fit .sqlx: run make generate and commit what changes" >&2
        # The next build must not trust what was compiled without the committed files.
        touch crates/db/src/lib.rs
        exit 1
    fi
else
    rm -rf "$committed"
    mkdir "$committed"
    cp "$fresh"/* "$committed"/ 2>/dev/null || true
fi
