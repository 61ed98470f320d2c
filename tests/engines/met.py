#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints how many rows and variants of the tables each engine recorded, and the names of those that none recorded.

usage: met.py TABLE REASONS ENGINE=FILE...   TABLE and FILE are lines of tests/engines/met.c, REASONS is tests/tables/uncalled
Status 1: no engine recorded a row for which there is no reason, or the engines recorded different rows or variants.
"""
import fnmatch
import sys


def read(name):
    """The rows, and the variants as "ROW VALUE"."""
    met = {"row": set(), "variant": set()}
    with open(name, encoding="ascii") as lines:
        for line in lines:
            kind, _, what = line.strip().partition(" ")
            if kind in met:
                met[kind].add(what)
    return met


def read_reasons(name):
    with open(name, encoding="utf-8") as lines:
        return [line.split(":")[0].removeprefix("case ") for line in lines if line.startswith("case ")]


def print_unmet(table, by_all, reasons):
    """Names what no engine met; returns the number of rows among them that have no reason."""
    wrong = 0
    for row in sorted(table["row"] - by_all["row"]):
        known = any(fnmatch.fnmatch(row, pattern) for pattern in reasons)
        wrong += not known
        print(f"row {row}: no engine met it{' (tests/tables/uncalled has the reason)' if known else ''}")
    unmet = {}
    for variant in sorted(table["variant"] - by_all["variant"]):
        row, value = variant.split(" ")
        unmet.setdefault(row, []).append(value)
    for row, values in unmet.items():
        print(f"variants of {row} that no engine met: {' '.join(values)}")
    return wrong


def main():
    table, reasons = read(sys.argv[1]), read_reasons(sys.argv[2])
    engines = {engine: read(name) for engine, _, name in (e.partition("=") for e in sys.argv[3:])}
    by_all = {kind: set().union(*(met[kind] for met in engines.values())) for kind in table}
    wrong = print_unmet(table, by_all, reasons)
    for engine, met in engines.items():
        print(f"{engine}: {len(met['row'])} of {len(table['row'])} rows, {len(met['variant'])} of {len(table['variant'])} variants")
        for kind in table:
            for what in sorted(by_all[kind] - met[kind]):
                print(f"{kind} {what}: {engine} did not meet it")
                wrong += 1
    return 1 if wrong else 0


sys.exit(main())
