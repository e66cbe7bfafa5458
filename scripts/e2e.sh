#!/usr/bin/env bash
# The browser stories of e2e/, each file beside a shop of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob
stories=(e2e/*.test.mjs e2e/*.test.js e2e/tests/*.test.mjs)
if [ ${#stories[@]} = 0 ]; then
    echo "there are no browser stories in e2e/" >&2
    exit 1
fi
status=0
for story in "${stories[@]}"; do
    scripts/with-shop.sh node --test --test-reporter=tap "$story" || status=1
done
exit "$status"
