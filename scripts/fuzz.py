"""Fuzzes the API of the shop at BIZHUB_URL as Admin and as Sales: no 5xx, no status or body that is not described."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

BASE = os.environ["BIZHUB_URL"].rstrip("/")
EXAMPLES = os.environ.get("FUZZ_EXAMPLES") or "15"
SEED = os.environ.get("FUZZ_SEED") or "1"
PASSWORD = "cocoa-harvest-1957"
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "unsupported_method",
        "allow_header_conformance",
        "ignored_auth",
        "missing_required_header",
    ]
)
# Python 3.11 takes two threads that read source at once for an error (cpython issue 106905): here they take turns.
START = """
import ast, sys, threading
from schemathesis.cli import schemathesis
turn, parse = threading.RLock(), ast.parse
def in_turn(*arguments, **named):
    with turn:
        return parse(*arguments, **named)
ast.parse = in_turn
sys.exit(schemathesis())
"""
# What would end the fuzzer's own session or account halfway, and make the rest of the run one long 401.
SUICIDAL = ["/auth/token", "/auth/password", "/auth/tokens/{id}", "/auth/sessions/{id}", "/users/{id}"]


def call(method, path, body, token=None):
    """One call whose success the fuzzing depends on."""
    request = urllib.request.Request(f"{BASE}/api/v1{path}", method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path} answered {error.code}: {error.read().decode()}")
    return json.loads(text) if text else None


def token_of(username, password, new_password):
    """Signs in, changes the password as one must after being given one, and signs in again."""
    first = call("POST", "/auth/token", {"username": username, "password": password})
    if not first["user"]["must_change_password"]:
        return first["token"]
    change = {"current_password": password, "new_password": new_password}
    call("POST", "/auth/password", change, first["token"])
    return call("POST", "/auth/token", {"username": username, "password": new_password})["token"]


def fuzz(name, token, selection):
    """One run over the selected operations; True if nothing was found."""
    print(f"fuzzing as {name} …", flush=True)
    command = [sys.executable, "-c", START, "run", f"{BASE}/api/v1/openapi.json"]
    command += ["--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", SEED, "--workers", "2"]
    command += ["--phases", "examples,coverage,fuzzing", "--warnings", "off", "--no-color"]
    # Two thousand labels take an unoptimised build its time on a busy machine.
    command += ["--request-timeout", "60", "--suppress-health-check", "all", "--header", f"Authorization: Bearer {token}", *selection]
    return subprocess.run(command, check=False).returncode == 0


def still_signed_in(name, token):
    """Whether the run ended as it began: a session lost halfway would have made the rest of it one long 401."""
    try:
        call("GET", "/auth/me", None, token)
    except SystemExit as error:
        print(f"fuzzing as {name} lost its session: {error}", flush=True)
        return False
    return True


def main():
    admin = token_of("admin", "changeme123", PASSWORD)
    for username, role in [("fuzz_sales", "Sales"), ("fuzz_victim", "Admin")]:
        person = {"username": username, "email": f"{username}@example.com", "role": role}
        person |= {"full_name": f"The {role} fuzzer", "password": PASSWORD + "-given"}
        call("POST", "/users", person, admin)
    sales = token_of("fuzz_sales", PASSWORD + "-given", PASSWORD)
    victim = token_of("fuzz_victim", PASSWORD + "-given", PASSWORD)
    without = [argument for path in SUICIDAL for argument in ("--exclude-path", f"/api/v1{path}")]
    only = [argument for path in SUICIDAL for argument in ("--include-path", f"/api/v1{path}")]
    results = [
        fuzz("Admin", admin, without),
        still_signed_in("Admin", admin),
        fuzz("Sales", sales, without),
        still_signed_in("Sales", sales),
        # Last, because afterwards nobody may be able to sign in any more.
        fuzz("an Admin who may lock everybody out", victim, only),
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
