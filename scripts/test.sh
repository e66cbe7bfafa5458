#!/usr/bin/env bash
# Everything that CI checks, one step after the other, also after a failure. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."

logs=$PWD/target/test-logs
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0
broken=()

# step NAME COMMAND…: the counts are what the command's own test runner says, or else the step itself is the test.
step() {
    local name=$1 log="$logs/$1.log" status counts
    shift
    echo "── $name"
    "$@" 2>&1 </dev/null | tee "$log"
    status=${PIPESTATUS[0]}
    counts=$(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
        / tests? run: /         { for (i = 1; i <= NF; i++) { if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^(failed|timed)/) f += $i } }
        /^test result: /        { for (i = 1; i <= NF; i++) { if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^failed/) f += $i } }
        /^(#|ℹ) pass [0-9]+$/   { p += $3 }
        /^(#|ℹ) fail [0-9]+$/   { f += $3 }
        END                     { print p + 0, f + 0 }')
    local p=${counts% *} f=${counts#* }
    if [ "$p" = 0 ] && [ "$f" = 0 ] && [ "$status" = 0 ]; then p=1; fi
    if [ "$f" = 0 ] && [ "$status" != 0 ]; then f=1; fi
    passed=$((passed + p))
    failed=$((failed + f))
    [ "$f" = 0 ] || broken+=("$name")
}

unit_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        scripts/with-postgres.sh cargo nextest run --workspace --locked --no-fail-fast
    else
        scripts/with-postgres.sh cargo test --workspace --locked --no-fail-fast
    fi
}

step formatting cargo fmt --all --check
step clippy cargo clippy --workspace --all-targets --locked -- -D warnings
# What needs no advisory database: `make lint-deps` asks that too.
step dependencies scripts/cargo-deny.sh --offline --all-features check licenses bans sources
# Builds everything, with the queries checked against a migrated database, and compares .sqlx.
step queries scripts/sqlx-prepare.sh --check
step schema scripts/schema-dump.sh --check
step tests unit_tests
step stories scripts/e2e.sh
step fuzzer scripts/fuzz.sh

[ ${#broken[@]} = 0 ] || echo "failed: ${broken[*]} (logs in target/test-logs)"
echo "$passed passed, $failed failed" | tee "$logs/summary"
[ "$failed" = 0 ]
