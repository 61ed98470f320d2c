#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The arguments of Falco's events that calls had: for tests/rules/arguments.

usage: arguments.py rules ARGS.DEF                   a rule for each event, which shows its arguments
       arguments.py met ALERTS                       lines "EVENT ARGUMENT COUNT" of the alerts of these rules
       arguments.py compare ARGS.DEF MET...          status 1: an argument was never there
"""
import collections
import json
import re
import sys


def mapped(name):
    """The (event, argument) of the table that can have a value."""
    with open(name, encoding="ascii") as lines:
        rows = (re.match(r"(\w+)\((\w+), (\w+)", line) for line in lines)
        return [(row[2], row[3]) for row in rows if row and row[1] not in ("ABSENT", "EMPTY")]


def print_rules(name):
    events = collections.defaultdict(list)
    for event, argument in mapped(name):
        events[event].append(argument)
    for event, arguments in events.items():
        print(f"- rule: {event}\n  desc: d\n  condition: evt.type = {event}\n  priority: DEBUG")
        print('  output: "' + " ".join(f"%evt.arg.{argument}" for argument in arguments) + '"')


def print_met(name):
    met = collections.Counter()
    with open(name, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            alert = json.loads(line)
            for field, value in alert["output_fields"].items():
                if field.startswith("evt.arg.") and value not in (None, "<NA>"):
                    met[alert["rule"], field.removeprefix("evt.arg.")] += 1
    for (event, argument), count in sorted(met.items()):
        print(event, argument, count)


def compare(table, *files):
    wanted, met = mapped(table), set()
    for name in files:
        with open(name, encoding="utf-8") as lines:
            met |= {tuple(line.split()[:2]) for line in lines if re.match(r"\w+ \w+ \d+$", line)}
    unmet = [f"{event} {argument}: no call had it" for event, argument in wanted if (event, argument) not in met]
    print("\n".join(unmet + [f"{len(wanted) - len(unmet)} of {len(wanted)} were read"]))
    return 1 if unmet else 0


COMMANDS = {"rules": print_rules, "met": print_met, "compare": compare}
sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
