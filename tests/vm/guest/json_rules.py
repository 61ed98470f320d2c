#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What must hold of every line of linxcap's JSON, whatever a program did: rules, not examples.

usage: json_rules.py NAME <JSON; prints a line for each event that breaks one, and exits with 1."""
import json
import re
import sys

STATES = {"truncated", "unreadable", "late", "unavailable"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(<<[0-9]+)?$")
# Keys of an event whose values carry a state, such as "truncated". The flags of the event repeat these states.
SHOWN = ("args", "connected", "siginfo")


def values(v):
    """All objects and arrays inside, and what they hold."""
    yield v
    for inner in v.values() if isinstance(v, dict) else v if isinstance(v, list) else ():
        yield from values(inner)


def states_of(event):
    found = set()
    for key in SHOWN:
        for v in values(event.get(key)):
            # The state of a descriptor describes the path beside it, which is not an argument.
            if isinstance(v, dict) and v.get("state") in STATES and "path" not in v:
                found.add(v["state"])
    return found


def check_states(event):
    flags = set(event.get("flags", ())) & STATES
    inside = states_of(event)
    for state in inside - flags:
        yield f"{state} inside, and not among the flags"
    # "late" may describe the whole event, without a value.
    for state in flags - inside - {"late"}:
        yield f"{state} among the flags, and no value is"


def check_names(event):
    for v in values(event.get("args")):
        if not isinstance(v, dict) or not isinstance(v.get("names"), list):
            continue
        for name in v["names"]:
            if not NAME.match(name):
                yield f"{name!r} is no name"
        if not isinstance(v["value"], int) or v["value"] < 0:
            yield f"flags {v['value']}"
        if len(set(v["names"])) != len(v["names"]):
            yield f"a name twice: {v['names']}"


def check_changes(event):
    for v in values(event.get("args")):
        if isinstance(v, dict) and set(v) == {"before", "after"} and v["before"] == v["after"]:
            yield f"before and after are {json.dumps(v['after'])[:80]}"


def check_numbers(event):
    """A register that fits 32 bits with its sign is no number of 64 bits."""
    for key, v in (event.get("args") or {}).items():
        if isinstance(v, int) and not -(1 << 63) <= v < 1 << 64:
            yield f"{key} is {v}"


RULES = check_states, check_names, check_changes, check_numbers


def main():
    bad = False
    for n, line in enumerate(sys.stdin, 1):
        event = json.loads(line)
        if event["kind"] not in ("syscall", "signal"):
            continue
        for rule in RULES:
            for text in rule(event):
                bad = True
                print(f"{sys.argv[1]}:{n}: {event.get('syscall', event['kind'])}: {text}")
    return bad


if __name__ == "__main__":
    sys.exit(main())
