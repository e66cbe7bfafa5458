# make run    builds BizHub and starts it on http://127.0.0.1:8080, with its data in ./bizhub-data
# make test   everything that CI checks
# Both install what is missing first (as root on Debian; otherwise they say what to install).

.DEFAULT_GOAL := help
.PHONY: help run build test check fmt lint lint-deps unit generate e2e fuzz bench clean-data clean

WITH_POSTGRES := scripts/with-postgres.sh

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: ## install needs, build and start: make run ARGS="--listen 0.0.0.0:8080"
	@scripts/install-needs.sh run
	cargo build --release --locked -p bizhub
	@exec target/release/bizhub serve --data-dir ./bizhub-data $(ARGS)

build: ## the release binary, target/release/bizhub
	@scripts/install-needs.sh run
	cargo build --release --locked -p bizhub

test: ## install needs, then all checks and tests; ends with a line "N passed, N failed"
	@scripts/install-needs.sh test
	@scripts/test.sh

check: ## does it compile?
	cargo check --workspace --all-targets

fmt: ## write the code as rustfmt wants it
	cargo fmt --all

lint: ## formatting and clippy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

lint-deps: ## licences, bans, sources and known vulnerabilities of the dependencies
	@scripts/cargo-deny.sh check

unit: ## tests without browser and fuzzer: make unit ARGS="-p app checkout"
	@$(WITH_POSTGRES) cargo nextest run $(if $(ARGS),$(ARGS),--workspace)

generate: ## write the generated files: .sqlx, schema.sql, openapi.json, docs/permissions.md, docs/workflows …
	@scripts/generate.sh

e2e: ## the browser stories alone
	@scripts/install-needs.sh test
	cargo build --workspace --tests --bins --locked
	@scripts/e2e.sh

fuzz: ## the API fuzzer alone: make fuzz FUZZ_EXAMPLES=200
	@scripts/install-needs.sh test
	cargo build --workspace --tests --bins --locked
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) scripts/fuzz.sh

bench: ## speed and weight beside the database's own: make bench SIZE=L, or quickly: make bench SECONDS=5
	@scripts/install-needs.sh run
	cargo build --release --locked -p bizhub -p bench
	@target/release/bench --size $(or $(SIZE),S) $(if $(SECONDS),--seconds $(SECONDS)) --report docs/benchmarks.md

clean-data: ## throw the data of make run away
	@if target/release/bizhub db url --data-dir ./bizhub-data >/dev/null 2>&1 && [ -e bizhub-data/postgres/postmaster.pid ]; then \
	  echo "BizHub is running on ./bizhub-data: stop it first" >&2; exit 1; fi
	rm -rf bizhub-data

clean: ## throw what was built away
	cargo clean
	rm -rf .venv .tools e2e/node_modules e2e/test-results
