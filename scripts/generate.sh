#!/usr/bin/env bash
# Writes every generated file anew; tests and scripts/test.sh compare them.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/sqlx-prepare.sh
scripts/schema-dump.sh
# Tests named generated::… compare files with what the code says, and write them when GENERATE is set.
GENERATE=1 scripts/with-postgres.sh cargo test --quiet --workspace --test generated
GENERATE=1 scripts/with-postgres.sh cargo test --quiet --workspace --test shop generated::
git status --short -- .sqlx schema.sql openapi.json docs || true
