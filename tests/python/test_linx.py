# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Python module on a capture that a real kernel recorded, and against the C headers.

usage: python3 test_linx.py FIXTURE LIST-OF-tests/abi/compat   (PYTHONPATH, LD_LIBRARY_PATH set)
"""
import ast
import ctypes
import errno
import inspect
import json
import os
import subprocess
import sys
import tempfile
import unittest

import linx

FIXTURE, LAYOUT = sys.argv.pop(1), sys.argv.pop(1)


# Functions that Python code does not need, or for which it has another way.
C_ALONE = (
    "linx_aggregate_", "linx_rowset_", "linx_checksum", "linx_condition_", "linx_writer_", "linx_printer_shows", "linx_print_held", "linx_template_check", "linx_get_field",
    "linx_table_check", "linx_event_uses", "linx_event_borrow_", "linx_files_",
    "linx_event_get_stream_time_ns", "linx_event_get_signal", "linx_event_get_lost", "linx_event_get_budget", "linx_event_get_tamper", "linx_get_tampers", "linx_tamper_name", "linx_event_get_raced_value",
    "linx_event_get_fd", "linx_escape", "linx_capture_begins", "linx_read_span", "linx_rule", "linx_set_rules", "linx_probe_check", "linx_policies_", "linx_policy_", "linx_set_policy", "linx_get_policy_", "linx_take_policy", "linx_event_get_refusal", "linx_find_probes", "linx_follow_http", "linx_event_get_http", "linx_get_http_counts",
    "linx_http_field_name", "linx_open_live", "linx_open_file",
    "linx_get_command_filter",
)


class Replay(unittest.TestCase):
    def test_events(self):
        with linx.open_file(FIXTURE) as source:
            events = [(e.kind, e.name, e.comm, e.pid, e.ret, e.args) for e in source]
            certificate = source.certificate()
        calls = [e for e in events if e[0] == "syscall"]
        self.assertEqual(len(calls), certificate["events"])
        self.assertTrue(certificate["complete"])
        self.assertEqual(certificate["total"]["selected"], sum(c["selected"] for c in certificate["cpus"]))
        self.assertIn("execve", {e[1] for e in calls})
        self.assertTrue(all(e[3] > 0 and len(e[5]) <= 6 for e in calls))

    def test_engine_of_a_file(self):
        with linx.open_file(FIXTURE) as source:
            event = source.next()
            self.assertEqual(source.engine(), "kmod")
            self.assertIsNotNone(event.kind)
            for _ in source:
                pass
            self.assertEqual(source.certificate()["skipped"], 0)

    def test_same_as_the_command(self):
        with linx.open_file(FIXTURE) as source:
            lines = [json.loads(line) for e in source for line in e.text("json").splitlines()]
        with linx.open_file(FIXTURE) as source:
            times = [e.time_ns for e in source if e.kind == "syscall"]
        self.assertEqual(times, [o["time_ns"] for o in lines if o["kind"] == "syscall"])

    def test_failed_call_and_its_path(self):
        with linx.open_file(FIXTURE) as source:
            source.select("openat")
            found = [(e.ret, e.value(1), e.text("strace")) for e in source if e.kind == "syscall" and e.ret == -2]
        self.assertEqual(found[0][1], (b"/not/there", "whole", 10))
        self.assertIn('openat(AT_FDCWD, "/not/there", O_RDONLY) = -1 ENOENT', found[0][2])

    def test_condition(self):
        with linx.open_file(FIXTURE) as source:
            source.condition("linx.type = openat")
            self.assertEqual({e.name for e in source if e.kind == "syscall"}, {"openat"})

    def test_options_of_text(self):
        with linx.open_file(FIXTURE) as source:
            source.select("openat")
            plain, timed = next((e.text("strace"), e.text("strace", time_mode=3)) for e in source if e.kind == "syscall")
        self.assertTrue(timed.endswith(plain))
        self.assertRegex(timed, r"^\d+\.\d{6} ")

    def test_event_of_the_past(self):
        with linx.open_file(FIXTURE) as source:
            first = source.next()
            source.next()
            self.assertRaises(ReferenceError, lambda: first.pid)
            last = source.next()
        self.assertRaises(ReferenceError, lambda: last.pid)
        self.assertRaises(ValueError, source.next)

    def test_each_call_ends_the_event(self):
        calls = (lambda s: s.select("all"), lambda s: s.select_entries(False), lambda s: s.condition("linx.res < 0"),
                 lambda s: s.start(), lambda s: s.stop(), lambda s: s.certificate(), lambda s: s.filter(), lambda s: s.dump(),
                 lambda s: s.listed(), lambda s: s.skip_until_exec(1), lambda s: s.add_pid(1), lambda s: s.next())
        for call in calls:
            with linx.open_file(FIXTURE) as source:
                event = source.next()
                for harmless in source.counts, source.damage, source.calls, source.fileno, source.pending:
                    harmless()
                self.assertGreater(event.pid, 0)
                try:
                    call(source)
                except linx.Error:
                    pass
                self.assertRaises(ReferenceError, event.text)

    def test_forks_report_their_children(self):
        with linx.open_file(FIXTURE) as source:
            born = {e.child for e in source if e.kind == "fork"}
        with linx.open_file(FIXTURE) as source:
            seen = {e.tid for e in source if e.kind == "syscall" and e.cpu_ns is None}
        self.assertTrue(born)
        self.assertLess(born & seen, seen)
        self.assertTrue(born & seen)

    def test_damage(self):
        with open(FIXTURE, "rb") as file:
            data = bytearray(file.read())
        middle = len(data) * 9 // 10
        data[middle:middle + 16] = bytes(16)
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            with linx.open_file(file.name) as source:
                self.assertIsNone(source.damage())
                self.assertRaises(linx.Error, list, source)
            with linx.open_file(file.name) as source:
                source.salvage()
                self.assertEqual(source.damage(), {"places": 0, "bytes": 0, "first_offset": 0})
                list(source)
                damage = source.damage()
        self.assertEqual(damage["places"], 1)
        self.assertTrue(0 < damage["first_offset"] <= middle < damage["first_offset"] + damage["bytes"])

    def test_descriptor_stays_the_callers(self):
        fd = os.open(FIXTURE, os.O_RDONLY)
        with linx.open_file(fd) as source:
            self.assertEqual(source.fileno(), -1)
            self.assertFalse(source.pending())
            source.next()
        os.fstat(fd)
        os.close(fd)

    def test_descriptor_of_ours_is_closed(self):
        before = len(os.listdir("/proc/self/fd"))
        with linx.open_file(FIXTURE) as source:
            source.next()
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)
        source.close()
        source = linx.open_file(FIXTURE)
        source.close()
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)
        source = linx.open_file(FIXTURE)
        del source
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)


class Failures(unittest.TestCase):
    def test_no_capture(self):
        with self.assertRaises(linx.Error) as e:
            linx.open_file(__file__)
        self.assertEqual(e.exception.errno, 74)
        self.assertIn(__file__, e.exception.strerror)

    def test_unknown_words(self):
        with linx.open_file(FIXTURE) as source:
            with self.assertRaises(linx.Error) as e:
                source.select("opennat")
            self.assertIn("openat", e.exception.strerror)
            self.assertRaises(TypeError, source.filter, no_such=1)
        self.assertRaises(TypeError, linx.open_live, no_such=1)

    def test_what_only_a_live_source_has(self):
        with linx.open_file(FIXTURE) as source, linx.open_file(FIXTURE) as other:
            for call in (lambda: source.sample("read", 10), lambda: source.budget(1000), source.priority,
                         lambda: source.add_pid(1), lambda: source.inherit_pids(other), source.listed, source.dump):
                with self.assertRaises(linx.Error) as e:
                    call()
                self.assertEqual(e.exception.errno, errno.EOPNOTSUPP, e.exception)
        self.assertRaises(ValueError, other.inherit_pids, source)

    @unittest.skipIf(os.path.exists("/dev/linxcap"), "there is a module here")
    def test_no_module(self):
        with self.assertRaises(linx.Error) as e:
            linx.open_live()
        self.assertEqual(e.exception.errno, 2)
        self.assertIn("modprobe linx", e.exception.strerror)
        for engine in "kmod", "auto":
            with self.assertRaises(linx.Error) as same:
                linx.open_live("recorder", engine, ring_size=65536)
            self.assertEqual(same.exception.args, e.exception.args)

    def test_engines(self):
        self.assertEqual([e["name"] for e in linx.engines()], ["kmod", "bpf", "ptrace", "file"])
        self.assertEqual(linx.LiveEngine.__args__, tuple(e["name"] for e in linx.engines() if e["live"]) + ("auto",))
        self.assertTrue(all(e["text"] and set(e) == set(linx.Engine.__annotations__) for e in linx.engines()))
        for engine, text in ("ebpf", "no such engine: ebpf"), ("file", "engine file does not record"):
            with self.assertRaises(linx.Error) as e:
                linx.open_live(engine=engine)
            self.assertEqual(e.exception.errno, errno.EINVAL)
            self.assertIn(text, e.exception.strerror)


class Live(unittest.TestCase):
    def _call(self, event):
        return (event.name, event.pid, event.ret) if event and event.kind == "syscall" else None

    def test_process_by_ptrace(self):
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
            with linx.open_live(engine="ptrace") as source:
                source.add_pid(child.pid)
                source.start()
                child.stdin.write(b"hello")
                child.stdin.close()
                events = []
                while source.listed():
                    events.append(self._call(source.next(0.1)))
                source.stop()
                events += [self._call(event) for event in source]
                self.assertIn(("read", child.pid, 5), events)
                self.assertIn(("write", child.pid, 5), events)
                self.assertEqual(source.engine(), "ptrace")
                self.assertTrue(source.certificate()["complete"])
            self.assertEqual(child.wait(), 0)


class Interface(unittest.TestCase):
    def test_structures_are_those_of_the_headers(self):
        sizes, members = {}, {}
        with open(LAYOUT) as file:
            for line in file:
                word = line.split()
                if word[0] == "size":
                    sizes[word[1]] = int(word[2])
                elif word[0] == "member":
                    members[word[1]] = int(word[2].partition(":")[0])  # of bits, behind it
        kinds = [k for _, k in inspect.getmembers(linx, inspect.isclass) if issubclass(k, ctypes.Structure)]
        self.assertGreater(len(kinds), 6)
        for kind in kinds:
            name = kind._name_
            self.assertEqual(ctypes.sizeof(kind), sizes[name], name)
            want = {m[len(name) + 1:]: at for m, at in members.items() if m.rpartition(".")[0] == name}
            self.assertEqual({f[0]: getattr(kind, f[0]).offset for f in kind._fields_}, want, name)

    def test_stub_has_what_the_module_has(self):
        def public(tree):
            names = set()
            for node in tree.body:
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
                    names.add(node.name)
                    if isinstance(node, ast.ClassDef) and hasattr(linx, node.name):
                        names.update(node.name + "." + n.name for n in node.body
                                     if isinstance(n, ast.FunctionDef) and not n.name.startswith("_"))
            return names

        stub = linx.__file__.replace(".py", ".pyi")
        with open(stub) as file:
            typed = public(ast.parse(file.read()))
        with open(linx.__file__) as file:
            self.assertEqual(typed, public(ast.parse(file.read())))

    def test_stub_has_the_options_of_the_structures(self):
        set_otherwise = {"size", "status", "mode", "uid", "by_uid", "comms", "ncomms", "nexempt", "strace", "line"}
        with open(linx.__file__.replace(".py", ".pyi")) as file:
            taken = {n.name: {a.arg for a in n.args.kwonlyargs}
                     for n in ast.walk(ast.parse(file.read())) if isinstance(n, ast.FunctionDef)}
        for function, kind in ("open_live", linx._LiveOpts), ("filter", linx._FilterOpts), ("text", linx._PrintOpts):
            self.assertEqual(taken[function], {f[0] for f in kind._fields_} - set_otherwise, function)

    def test_types_are_there_at_run_time(self):
        self.assertEqual(set(linx.Certificate.__annotations__), set(linx.types.Certificate.__annotations__))
        self.assertEqual(linx.Format.__args__, tuple(linx.FORMATS))
        self.assertEqual(linx.State.__args__, tuple(linx.STATES.values()))

    def test_functions_are_those_of_the_headers(self):
        with open(LAYOUT) as file:
            functions = {line.split()[1] for line in file if line.startswith("function ")}
        self.assertEqual(set(linx._FUNCTIONS) - functions, set())
        self.assertEqual({f for f in functions - set(linx._FUNCTIONS) if not f.startswith(C_ALONE)}, set())

    def test_table(self):
        rows = linx.calls()
        self.assertIn({"name": "close", "abi": "x86_64", "nr": 3, "classes": ["DESC"], "args": ["fd"]},
                      [{**r, "classes": [c for c in r["classes"] if c == "DESC"]} for r in rows])
        self.assertEqual(linx.version().count("."), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
