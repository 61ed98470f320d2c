#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proves the lines, gaps and certificate of one recording against each other, from its JSON alone.

usage: linxcap --format json ... | check_json.py      or: check_json.py FILE

docs/json.md describes each key. On every CPU each number stands for one record. Either a line
shows it (as its seq, or as entry_seq of the call it began), or it is in the range of a gap, or
the certificate counts it. Prints a line of sums. Exits with 0 if all agree and with 1, after a
line for each contradiction, if not."""
import json
import sys
from collections import Counter, defaultdict


class Cpu:
    def __init__(self):
        self.shown = {}  # number: the line that shows it
        self.last = -1  # number of the last line that stands in order
        self.gaps = []  # (first, last)
        self.lost = Counter()
        self.lost_context = 0


class Check:
    def __init__(self):
        self.cpus = defaultdict(Cpu)
        self.certificate = None
        self.syscalls = 0
        self.wrong = []

    def expect(self, holds, text):
        if not holds:
            self.wrong.append(text)

    def show(self, cpu, number, line):
        shown = self.cpus[cpu].shown
        self.expect(number not in shown, f"cpu {cpu}: lines {shown.get(number)} and {line} both show number {number}")
        shown[number] = line

    def gap(self, n, event):
        cpu = self.cpus[event["cpu"]]
        lost = sum(event["lost"].values())
        cpu.lost.update(event["lost"])
        cpu.lost_context += event["lost_context"]
        if lost:
            first, last = event["first_seq"], event["last_seq"]
            self.expect(last - first + 1 == lost, f"line {n}: a gap of {lost} from {first} to {last}")
            self.expect(last + 1 == event["seq"], f"line {n}: the gap ends at {last}, before {event['seq']}")
            cpu.gaps.append((first, last))

    def line(self, n, event):
        kind = event["kind"]
        if kind == "certificate":
            self.expect(self.certificate is None, f"line {n}: a second certificate")
            self.certificate = event
            return
        if kind == "gap":
            self.gap(n, event)
            return
        self.syscalls += kind == "syscall"
        entry = (event["entry_cpu"], event["entry_seq"]) if "entry_seq" in event else None
        if entry == (event["cpu"], event["seq"]):
            return  # an entry that had its line before: nothing new
        self.show(event["cpu"], event["seq"], n)
        if entry:
            self.show(*entry, n)
        # A call without a return is printed as soon as that is known, and not in its place.
        if not {"out_of_order", "unfinished", "io_uring"} & set(event.get("flags", ())):
            cpu = self.cpus[event["cpu"]]
            self.expect(event["seq"] > cpu.last, f"line {n}: number {event['seq']} after {cpu.last}")
            cpu.last = event["seq"]

    def gaps_of(self, i, cpu):
        """No number stands in two gaps, or in a gap and in a line."""
        numbers = sorted(cpu.shown)
        end = -1
        k = 0
        for first, last in sorted(cpu.gaps):
            self.expect(first > end, f"cpu {i}: gaps overlap at {first}")
            end = last
            while k < len(numbers) and numbers[k] < first:
                k += 1
            if k < len(numbers) and numbers[k] <= last:
                self.wrong.append(f"cpu {i}: number {numbers[k]} of line {cpu.shown[numbers[k]]} was lost")

    def sums(self, name, c):
        lost = sum(c["lost"].values())
        self.expect(c["selected"] == c["committed"] + lost, f"{name}: selected is not committed + lost")
        self.expect(
            c["committed"] == c["delivered"] + c["unread"] + c["overwritten"] + c.get("left_out", 0),
            f"{name}: committed is not delivered + unread + overwritten + left_out",
        )

    def account(self, i, c):
        cpu = self.cpus[i]
        hidden = sum(c["hidden"].values())
        shown = len(cpu.shown)
        self.expect(shown + hidden == c["delivered"], f"cpu {i}: {shown} shown and {hidden} hidden are not {c['delivered']}")
        if self.certificate["cut_off"]:
            return  # of what was lost and selected nothing is known
        for cause, n in cpu.lost.items():
            self.expect(n <= c["lost"].get(cause, 0), f"cpu {i}: gaps report {n} lost, {cause}, the account {c['lost']}")
        self.expect(cpu.lost_context <= c["lost_context"], f"cpu {i}: gaps report more lost context than the account")
        # Numbers that stand in neither a line nor a gap were hidden, left out or overwritten, or are behind the last of
        # them: lost with no record after it, or never read.
        tail = sum(c["lost"].values()) - sum(cpu.lost.values())
        ranges = [(n, n) for n in cpu.shown] + cpu.gaps
        if ranges:
            first, last = min(r[0] for r in ranges), max(r[1] for r in ranges)
            missing = last - first + 1 - sum(r[1] - r[0] + 1 for r in ranges)
            most = hidden + c["overwritten"] + c.get("left_out", 0) + (c["unread"] if c["overwritten"] else 0)
            self.expect(missing <= most, f"cpu {i}: {missing} numbers are missing, and only {most} are accounted for")
            behind = 0 if c["overwritten"] else tail + c["unread"]  # and some of left_out
            self.expect(
                last - first + 1 + behind <= c["selected"],
                f"cpu {i}: numbers {first} to {last} and {behind} behind them, of {c['selected']}",
            )

    def end(self):
        for i, cpu in self.cpus.items():
            self.gaps_of(i, cpu)
        c = self.certificate
        if c is None:
            self.wrong.append("no certificate")
            return
        for key in "selected", "committed", "delivered", "unread", "overwritten", "lost_context":
            self.expect(c[key] == sum(x[key] for x in c["cpus"]), f"{key} is not that of all CPUs together")
        self.expect(self.syscalls <= c["events"], f"{self.syscalls} calls are shown, and {c['events']} were delivered")
        for i in set(self.cpus) - {x["cpu"] for x in c["cpus"]}:
            self.wrong.append(f"cpu {i} is not in the account")
        for x in c["cpus"]:
            if not c["cut_off"]:
                self.sums(f"cpu {x['cpu']}", x)
            self.account(x["cpu"], x)


def main():
    check = Check()
    with open(sys.argv[1], encoding="utf-8") if len(sys.argv) > 1 else sys.stdin as lines:
        for n, line in enumerate(lines, 1):
            check.line(n, json.loads(line))
    check.end()
    for text in check.wrong[:20]:
        print(f"check_json.py: {text}", file=sys.stderr)
    cpus = check.cpus.values()
    shown = sum(len(c.shown) for c in cpus)
    lost = sum(sum(c.lost.values()) for c in cpus)
    hidden = sum(sum(c["hidden"].values()) for c in check.certificate["cpus"]) if check.certificate else 0
    print(f"{shown} records shown, {hidden} hidden, {lost} lost in {sum(len(c.gaps) for c in cpus)} gaps")
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
