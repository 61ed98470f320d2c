# SPDX-License-Identifier: LGPL-2.1-or-later
# Compares the HTTP requests that linxcap reported with the access logs of the servers, and with sysdig's
# httplog. Each request in a log must be reported once by the client's side and once by the server's, with
# method, path, host and status, and no other request to these servers may be reported. wrk ends while
# requests are under way: a request with wrk's path may lack its response, or, on the client's side, its
# line in the log.
# usage: judge.py EVENTS... [--sysdig LINES]
import collections
import json
import re
import sys

PORTS = range(8001, 8006)
HASTY = "/wrk.html"
HASTY_MAX = 10 * (1 + 4)  # connections, requests on each, in two runs
SHOWN = 15
failed = False


def wrong(text):
    global failed
    failed = True
    print(text)


def of_logs():
    """Requests of the access logs, as tuples of port, method, path, host and status."""
    for port in PORTS:
        if port == 8005:
            continue
        with open(f"/tmp/log/{port}") as f:
            for line in f:
                method, path, host, status = line.split()
                yield port, method, path, host, int(status)
    with open("/tmp/log/caddy") as f:
        for line in f:
            entry = json.loads(line)
            if "request" in entry:
                r = entry["request"]
                yield 8005, r["method"], r["uri"].split("?")[0], r["host"], entry["status"]


def of_events(name, side):
    with open(name) as f:
        for line in f:
            if '"kind":"http"' not in line:
                continue
            e = json.loads(line)
            address = e["local" if side == "server" else "peer"]
            port = int(address.rsplit(":", 1)[1]) if address and ":" in address else 0
            if e["side"] == side and port in PORTS:
                yield port, e["method"], e["path"], e["host"], e["status"]


def show(what, requests):
    for request in sorted(requests.elements(), key=str)[:SHOWN]:
        wrong(f"  {what}: {request}")


def is_hasty(request):
    return request[2] == HASTY


def compare(name, side, log):
    got = collections.Counter(r for r in of_events(name, side) if not is_hasty(r))
    want = collections.Counter(r for r in log.elements() if not is_hasty(r))
    if got != want:
        wrong(f"{name}, {side}: {(want - got).total()} missing, {(got - want).total()} too many")
        show("missing", want - got)
        show("too many", got - want)
    compare_hasty(name, side, log)
    return got.total()


def compare_hasty(name, side, log):
    for port in PORTS:
        want = sum(n for r, n in log.items() if is_hasty(r) and r[0] == port)
        got = [r for r in of_events(name, side) if is_hasty(r) and r[0] == port]
        without = sum(r[4] is None for r in got)
        more = len(got) - want
        if without > HASTY_MAX or more < 0 or more > (HASTY_MAX if side == "client" else 0):
            wrong(f"{name}, {side}, wrk at {port}: {len(got)} of {want}, {without} without a response")


def of_sysdig(name):
    pattern = re.compile(r" ([<>]) method=(\S+) url=([^/\s]*):(\d+)(/\S*) response_code=(\d+) ")
    with open(name, errors="replace") as f:
        for line in f:
            m = pattern.search(line)
            if m and int(m[4]) in PORTS:
                # sysdig takes an interim response for the response, and so does it with "HTTP/1.1", a new line, "Host:
                # 127.0.0.1".
                status = None if m[6] in ("100", "127") else int(m[6])
                yield "server" if m[1] == "<" else "client", m[2], m[5].split("?")[0], f"{m[3]}:{m[4]}", status


def compare_sysdig(name, lines):
    """sysdig looks at each call alone: it lacks the letters of a method that came before, as of Go's servers."""
    reported = collections.Counter()
    total = 0
    for side in "server", "client":
        for _, method, path, host, status in of_events(name, side):
            total += 1
            for ending in {(method or "")[at:] for at in range(len(method or ""))}:
                reported[side, ending, path, host, status] += 1
                reported[side, ending, path, host, None] += 1
    got = collections.Counter(of_sysdig(lines))
    print(f"sysdig: {got.total()} lines, {name}: {total}")
    if not got:
        wrong("sysdig reported nothing")
    if got - reported:
        wrong(f"{name}: {(got - reported).total()} lines of sysdig are missing")
        show("missing", got - reported)


def main(args):
    lines = None
    if "--sysdig" in args:
        at = args.index("--sysdig")
        lines = args[at + 1]
        del args[at : at + 2]
    log = collections.Counter(of_logs())
    for port in PORTS:
        print(f"{port}: {sum(n for r, n in log.items() if r[0] == port)} requests")
        if not any(r[0] == port for r in log):
            wrong(f"the server at {port} logged nothing")
    for name in args:
        for side in "server", "client":
            print(f"{name}, {side}: {compare(name, side, log)} without wrk's")
        if lines:
            compare_sysdig(name, lines)
    sys.exit(failed)


main(sys.argv[1:])
