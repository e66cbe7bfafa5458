#!/usr/bin/env bash
# Applies crates/db/migrations to an empty database with nothing but psql: scripts/migrate-empty.sh URL
set -euo pipefail
cd "$(dirname "$0")/.."
for migration in crates/db/migrations/*.sql; do
    psql -X -q -v ON_ERROR_STOP=1 --single-transaction -f "$migration" "$1" >/dev/null
done
