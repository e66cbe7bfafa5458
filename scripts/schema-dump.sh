#!/usr/bin/env bash
# Writes schema.sql: what all migrations together make of an empty database. With --check it only compares.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
    exec scripts/with-postgres.sh "$0" inside "$@"
fi
shift
PATH=${BIZHUB_PG_BIN_DIR:-/usr/bin}:$PATH
psql -X -q -c "CREATE DATABASE schema_dump" "$DATABASE_URL"
url=${DATABASE_URL%/*}/schema_dump
scripts/migrate-empty.sh "$url"

fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
{
    echo "-- The schema after all migrations, made by scripts/schema-dump.sh. Change crates/db/migrations, then run make generate."
    # Without what differs between servers: their versions, and the keys of newer pg_dump's \restrict lines.
    pg_dump --schema-only --no-owner "$url" |
        sed -E '/^-- Dumped (from|by) /d; /^\\(un)?restrict /d; /^SET (transaction_timeout|idle_in_transaction_session_timeout|default_table_access_method|row_security|xmloption) /d' |
        cat -s
} >"$fresh"

if [ "${1:-}" = --check ]; then
    if ! diff -u schema.sql "$fresh" >&2; then
        echo "schema.sql is not what the migrations make: run make generate and commit what changes" >&2
        exit 1
    fi
else
    cp "$fresh" schema.sql
    chmod 644 schema.sql
fi
