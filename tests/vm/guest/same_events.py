#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what two engines report of the same program, in linxcap's JSON.

usage: same_events.py ONE AGAIN OTHER

ONE and AGAIN are two runs under the first engine: what differs between them (times,
ids, numbers of inodes) is left to chance and is not compared. OTHER is the run under
the other engine. Prints a line for each difference that is left: the event, the key,
both values. Ends with 1 if there are any.
"""
import json
import sys

# Keys of an event that describe the recording and not the program, and are therefore not compared.
OURS = {"time_ns", "seq", "entry_seq", "cpu", "entry_cpu", "start_time_ns", "duration_ns", "pid", "tid", "ppid"}
# Values that differ by chance: clocks and the remaining times of timers, which advance between runs; the CPU that a
# program happens to run on; and the order of addresses, which the kernel hides (kcmp).
CHANCE = (
    ".tv_sec",
    ".it_value.tv_usec",
    ".it_value.tv_nsec",
    ".tms_utime",
    ".tms_stime",
    ".tms_cutime",
    ".tms_cstime",
    "times.ret",
    "getcpu.args.cpup",
    "kcmp.ret",
)


def flatten(value, path, into):
    if isinstance(value, dict):
        into[path + "{}"] = len(value)
        for key, part in value.items():
            flatten(part, f"{path}.{key}", into)
    elif isinstance(value, list):
        into[path + "[]"] = len(value)
        for i, part in enumerate(value):
            flatten(part, f"{path}[{i}]", into)
    else:
        into[path] = value


def read(name):
    """The calls of each thread, threads in the order in which they begin."""
    threads = {}
    with open(name, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            event = json.loads(line)
            if event.get("kind") != "syscall":
                continue
            flat = {}
            flatten({k: v for k, v in event.items() if k not in OURS}, "", flat)
            flat["second"] = event["time_ns"] // 10**9
            threads.setdefault(event["tid"], []).append(flat)
    return [call for calls in threads.values() for call in calls]


def is_now(call, key):
    """Is it the second in which the call was made, or nearly: a file's time?"""
    return isinstance(call.get(key), int) and abs(call[key] - call["second"]) < 60


def main(one, again, other):
    first, second, third = read(one), read(again), read(other)
    bad = 0
    if len(first) != len(third):
        print(f"{len(first)} calls, and {len(third)} under the other engine")
        bad += 1
    for n, (a, b, c) in enumerate(zip(first, second, third)):
        for key in sorted(a.keys() | c.keys()):
            if a.get(key, "-") != b.get(key, "-") or a.get(key, "-") == c.get(key, "-"):
                continue
            if f"{a.get('.syscall')}{key}".endswith(CHANCE) or (is_now(a, key) and is_now(c, key)):
                continue
            print(f"{n} {a.get('.syscall')} {a.get('.dir')} {key}: {a.get(key, '-')!r}, other engine {c.get(key, '-')!r}")
            bad += 1
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
