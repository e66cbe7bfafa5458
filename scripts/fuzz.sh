#!/usr/bin/env bash
# Drives the API with whatever its OpenAPI document allows and forbids, as Admin and as Sales, beside a shop of its own with
# demo data, so that there is something behind the numbers it guesses.
# FUZZ_EXAMPLES is the number of cases for each operation, FUZZ_SEED another dice roll.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv/bin/schemathesis ] || { echo "the fuzzer is missing: run scripts/install-needs.sh test" >&2; exit 1; }
BIZHUB_SHOP_DEMO=1 exec scripts/with-shop.sh .venv/bin/python scripts/fuzz.py
