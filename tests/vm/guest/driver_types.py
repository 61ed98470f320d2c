#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the types (BTF) of the module driver into its file, as pahole would do for the running kernel.

usage: driver_types.py MODULE (driver|next)

Types of a module continue the numbers and the strings of the kernel's types, so that they can be written only where the
kernel runs.
"""
import sys

MARK = b"types of the driver"
SIZE = 2048
INT, PTR, ARRAY, STRUCT, FUNC, PROTO = 1, 2, 3, 4, 12, 13
# Bytes behind the 12 of a type, by its kind: those of the kind itself, and those of each of its members.
BEHIND = {1: (4, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), 6: (0, 8), 13: (0, 8), 14: (4, 0), 15: (0, 12), 17: (4, 0), 19: (0, 12)}


def base():
    """Number of the kernel's types, and length of their strings."""
    with open("/sys/kernel/btf/vmlinux", "rb") as f:
        data = f.read()
    head, at, length, _, strings = (int.from_bytes(data[i : i + 4], "little") for i in (4, 8, 12, 16, 20))
    words = memoryview(data[head + at : head + at + length]).cast("I")
    i = count = 0
    while i < len(words):
        info = words[i + 1]
        own, each = BEHIND.get(info >> 24 & 31, (0, 0))
        i += 3 + (own + each * (info & 0xFFFF)) // 4
        count += 1
    return count, strings


def packed(words):
    return b"".join(word.to_bytes(4, "little") for word in words)


class Types:
    def __init__(self):
        self.first, self.text_at = base()
        self.words, self.text, self.count = [], b"", 0

    def name(self, word):
        self.text += word.encode() + b"\0"
        return self.text_at + len(self.text) - len(word) - 1

    def add(self, kind, name, size, rest=(), members=0):
        self.words.extend([self.name(name) if name else 0, kind << 24 | members, size, *rest])
        self.count += 1
        return self.first + self.count

    def function(self, name, ret, *args):
        rest = [word for arg, kind in args for word in (self.name(arg), kind)]
        self.add(FUNC, name, self.add(PROTO, None, ret, rest, len(args)))

    def struct(self, name, size, *members):
        rest = [word for member, kind, at in members for word in (self.name(member), kind, at * 8)]
        return self.add(STRUCT, name, size, rest, len(members))

    def section(self):
        """The text is as long as to fill the section: the kernel refuses other bytes."""
        body = packed(self.words)
        text = self.text + b"\0" * (SIZE - 24 - len(body) - len(self.text))
        return b"\x9f\xeb\x01\0" + packed([24, 0, len(body), len(body), len(text)]) + body + text


def types(version):
    t = Types()
    s32 = t.add(INT, "int", 4, [1 << 24 | 32])
    u32 = t.add(INT, "unsigned int", 4, [32])
    u64 = t.add(INT, "unsigned long long", 8, [64])
    char = t.add(INT, "char", 1, [8])
    text = t.add(ARRAY, None, 0, [char, u32, 16])
    if version == "next":
        file = t.struct("driver_file", 40, ("name", text, 0), ("state", u64, 16), ("id", u64, 24), ("len", u32, 32))
        file = t.add(PTR, None, file)
        t.function("linx_driver_open", s32, ("mode", u32), ("file", file), ("flags", s32))
        t.function("linx_driver_transmit", 0, ("n", u64))
        t.function("linx_driver_close", s32, ("file", file))
    else:
        file = t.struct("driver_file", 32, ("len", u32, 0), ("mark", u32, 4), ("id", u64, 8), ("name", text, 16))
        file = t.add(PTR, None, file)
        t.function("linx_driver_open", s32, ("file", file), ("flags", s32))
        t.function("linx_driver_send", 0, ("n", u64))
        t.function("linx_driver_close", s32, ("file", file), ("reason", s32))
    return t.section()


def main(path, version):
    with open(path, "rb") as f:
        module = f.read()
    at = module.index(MARK)
    with open(path, "wb") as f:
        f.write(module[:at] + types(version) + module[at + SIZE :])


if __name__ == "__main__":
    main(*sys.argv[1:])
