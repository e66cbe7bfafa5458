#!/usr/bin/env bash
# The browser stories of e2e/: each file opens shops of its own. E2E names one of them: E2E=till scripts/e2e.sh
set -euo pipefail
cd "$(dirname "$0")/.."
[ -d e2e/node_modules ] || { echo "the browser tests' packages are missing: run scripts/install-needs.sh test" >&2; exit 1; }
export BIZHUB_BIN=${BIZHUB_BIN:-$PWD/target/debug/bizhub}
[ -x "$BIZHUB_BIN" ] || { echo "$BIZHUB_BIN is missing: run cargo build --workspace --tests --bins" >&2; exit 1; }
shopt -s failglob
exec node --test --test-concurrency=1 --test-reporter=tap e2e/${E2E:-*}.test.mjs
