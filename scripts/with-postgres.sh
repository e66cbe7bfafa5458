#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL: scripts/with-postgres.sh cargo test
# DATABASE_URL and TEST_DATABASE_URL are its superuser's; everything is gone when the command ends.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]" >&2; exit 2; }

bin_dir=${BIZHUB_PG_BIN_DIR:-}
if [ -z "$bin_dir" ]; then
    # The newest of those that distributions put aside; or else whatever the search path has.
    bin_dir=$(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin 2>/dev/null | sort -V | tail -n 1 || true)
    [ -x "$bin_dir/initdb" ] || bin_dir=$(dirname "$(readlink -f "$(command -v initdb || echo /nowhere/initdb)")")
fi
[ -x "$bin_dir/initdb" ] || { echo "PostgreSQL's server programs are missing: run scripts/install-needs.sh test" >&2; exit 1; }

# A short path: a socket's may have no more than 107 characters.
dir=$(mktemp -d /tmp/bizhub-pg.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || { echo "the account postgres is missing: run scripts/install-needs.sh test" >&2; exit 1; }
    chown postgres "$dir"
    as=(setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups)
fi
run() { (cd / && exec env -u PGDATA -u PGHOST -u PGPORT -u PGUSER -u PGOPTIONS -u PGDATABASE LC_ALL=C "${as[@]}" "$@"); }

server=
finish() {
    if [ -n "$server" ]; then
        # SIGQUIT: nothing in it is worth a checkpoint.
        run "$bin_dir/pg_ctl" stop -D "$dir/data" -m immediate -s >/dev/null 2>&1 || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

locale=(--locale=C.UTF-8)
[ "$("$bin_dir/postgres" --version | grep -oE '[0-9]+' | head -n 1)" -lt 15 ] || locale+=(--locale-provider=icu --icu-locale=en-US)
run "$bin_dir/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 "${locale[@]}" --no-sync --no-instructions >"$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2; exit 1; }

start() {
    # Nothing here has to outlive a power cut, so that tests need not wait for the disk.
    run "$bin_dir/postgres" -D "$dir/data" -c listen_addresses=127.0.0.1 -c port="$1" -c unix_socket_directories="$dir" \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=128MB \
        -c jit=off -c timezone=Africa/Accra -c autovacuum_naptime=5s -c log_min_messages=fatal </dev/null >"$dir/server.log" 2>&1 &
    server=$!
    until "$bin_dir/pg_isready" -q -h "$dir" -p "$1" -U postgres; do
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.05
    done
}
port=
for _ in 1 2 3 4 5 6 7 8; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    start "$port" && break
    server=
done
[ -n "$server" ] || { cat "$dir/server.log" >&2; exit 1; }

export DATABASE_URL="postgresql://postgres@127.0.0.1:$port/postgres"
export TEST_DATABASE_URL=$DATABASE_URL
export BIZHUB_PG_BIN_DIR=$bin_dir
status=0
"$@" || status=$?
exit "$status"
