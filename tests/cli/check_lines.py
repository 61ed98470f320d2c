# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lines of %linx.type[value], %linx.args and %linx.arg[0] to [5], with \\2 between them: each argument of the
table once, in its order, as linx.arg has it, and no remarks or calls in C. Prints how many lines there are.
usage: check_lines.py TABLE, where TABLE is of `linxcap list --json`"""
import json
import re
import sys

REMARK = re.compile(r"/\* |inet_addr|inet_pton|htons\(|htonl\(")
WITH_CONTENTS = ("write", "writev", "read", "getrandom")


def names_of(table, call):
    if call in table:
        return [arg["name"] for arg in table[call]["args"]]
    return ["arg%d" % i for i in range(1, 7)]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        table = json.load(file)
    lines = wrong = 0
    for line in open(0, encoding="latin1"):
        call, text, *values = line.rstrip("\n").split("\2")
        call = call[1:-1]
        pairs = ["%s=%s" % (name, value[1:-1]) for name, value in zip(names_of(table, call), values)]
        lines += 1
        if text == "(" + ", ".join(pairs) + ")" and (call in WITH_CONTENTS or not REMARK.search(text)):
            continue
        wrong += 1
        print(call, text, "is not", pairs, file=sys.stderr)
    print(lines)
    return 1 if wrong else 0


sys.exit(main())
