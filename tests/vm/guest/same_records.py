#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what two engines report of the same calls, recorded at the same time, in linxcap's JSON.

usage: same_records.py ONE OTHER RANGES SKIPPED [KIND...]

RANGES has a line for each program that ran, its name and the lowest id of its threads. SKIPPED: events that the other
engine may have missed. Differences that begin with a KIND are known, and have to be there. Prints each other kind of
difference, with the first, and in how many programs it is. Ends with 1 if there are any.
"""
import json
import re
import sys

# Keys of an event that describe the recording and not the program, and are therefore not compared.
OURS = {"time_ns", "seq", "entry_seq", "cpu", "entry_cpu", "duration_ns"}
# Counters of a task that advance between the two engines' reads.
CLOCKS = (".usage.run_ns", ".usage.user_ns", ".usage.system_ns", ".usage.involuntary")


# Number of events that one engine can miss in a row.
AHEAD = 8


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


def read(name, first, last):
    """
    Lines by the thread that they are of, in their order, of the threads from first on that are before last. Signals are
    apart: another task that sends one, on another CPU, may do so before or after what the thread does at that moment. So
    are the hits of each probe: two at one moment, in a function and at its return, may come in either order.
    """
    threads = {}
    with open(name, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            event = json.loads(line)
            tid = event.get("tid")
            if tid is not None and first <= tid < last:
                apart = {"signal": "signal", "probe": f"probe {event.get('number')}"}.get(event["kind"], "")
                threads.setdefault((tid, apart), []).append(event)
    return threads


def name_of(event):
    if event["kind"] == "probe":
        return f"{event['probe_kind']}:{event['probe']}"
    return event.get("syscall", "") + ("" if event["kind"] == "syscall" else f"({event['kind']})")


def is_missing(ones, i, others, j):
    """Is it the next one that is as the other engine's, which has fewer left?"""
    if len(ones) - i <= len(others) - j or not any(differences(ones[i], others[j])):
        return False
    return name_of(ones[i + 1]) == name_of(others[j]) and not any(differences(ones[i + 1], others[j]))


def pair(ones, others):
    """Pairs the events of a thread. One that the other engine has not is paired with None, and the other way round."""
    i = j = 0
    while i < len(ones) or j < len(others):
        a = ones[i] if i < len(ones) else None
        b = others[j] if j < len(others) else None
        if a and b and name_of(a) != name_of(b):
            # If the event b is among the next events of "ones", "others" lacks the event a. Otherwise "ones" lacks the
            # event b.
            if name_of(b) in [name_of(event) for event in ones[i : i + AHEAD]]:
                b = None
            else:
                a = None
        elif a and b and is_missing(ones, i, others, j):
            b = None
        elif a and b and a.get("dir") == "exit" and b.get("dir") == "enter":
            yield a, None  # its return is missing, its entry is there
            i, j = i + 1, j + 1
            continue
        yield a, b
        i += a is not None
        j += b is not None


def differences(a, b):
    one, other = {}, {}
    flatten({k: v for k, v in a.items() if k not in OURS}, "", one)
    flatten({k: v for k, v in b.items() if k not in OURS}, "", other)
    for key in sorted(one.keys() | other.keys()):
        if one.get(key, "-") != other.get(key, "-") and not (key in CLOCKS and key in one and key in other):
            yield key, one.get(key, "-"), other.get(key, "-")


def compare(one, other, programs, found):
    """Adds to found, by kind of difference, in which programs, and the first. Returns how many events the other has not."""
    missing = 0
    for stream in sorted(one.keys() | other.keys()):
        tid, _ = stream
        program = [name for begin, name in programs if begin <= tid][-1]
        for a, b in pair(one.get(stream, []), other.get(stream, [])):
            missing += not b
            what = [("missing", "there", "-")] if not b else [("alone", "-", "there")] if not a else differences(a, b)
            for key, was, now in what:
                kind = f"{name_of(a or b)} {(a or b).get('dir', '')} {re.sub('[0-9]+', '', key)}"
                found.setdefault(kind, []).append((program, f"{was!r}, other engine {now!r}"))
    return missing


def main(one, other, ranges, skipped, *known):
    with open(ranges, encoding="utf-8") as lines:
        programs = [(int(line.split()[1]), line.split()[0]) for line in lines]
    first, last = programs[0][0], programs[-1][0]
    found = {}
    missing = compare(read(one, first, last), read(other, first, last), programs, found)
    bad = 0
    for kind, events in found.items():
        if (kind.endswith(" missing") and missing <= int(skipped)) or kind.startswith(known):
            continue
        differ = sorted({program for program, _ in events})
        print(f"{kind}: {len(events)} times in {len(differ)} programs, {' '.join(differ[:3])}: {events[0][1]}")
        bad += 1
    for stale in known:
        if not any(kind.startswith(stale) for kind in found):
            print(f"{stale}: nothing differs")
            bad += 1
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
