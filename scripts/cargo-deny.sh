#!/usr/bin/env bash
# Runs cargo-deny, building it into .tools on first use (unoptimised, in a minute): scripts/cargo-deny.sh check
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.20.2
if [ ! -x .tools/bin/cargo-deny ]; then
    echo "Building cargo-deny …"
    cargo install --quiet --locked --debug --no-default-features --root .tools --version "$version" cargo-deny
fi
exec .tools/bin/cargo-deny "$@"
