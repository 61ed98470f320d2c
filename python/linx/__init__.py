# SPDX-License-Identifier: LGPL-2.1-or-later
"""System calls of this machine, or of a capture file: liblinx for Python.

    import linx

    with linx.open_file("capture.linx") as source:
        for event in source:
            print(event.time_ns, event.comm, event.name, event.ret)

    with linx.open_live() as source:
        source.select("openat,execve")
        source.start()
        for event in source:
            print(event.text(), end="")

An event is borrowed from the library until the next call on its source; only
counts(), damage(), calls(), engine(), pending() and fileno() keep it valid.
Read from it what is needed before that. Using it later raises ReferenceError.
"""

import ctypes
import os
from ctypes import POINTER, byref, c_bool, c_char, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint, c_uint8, c_uint32, c_uint64, c_void_p

from .types import Call, Certificate, Counts, Damage, Engine, Format, LiveEngine, Probe, ProbeAccount, State

__all__ = ["Error", "Event", "Source", "open_file", "open_live", "engines", "version", "calls",
           "Call", "Certificate", "Counts", "Damage", "Engine", "Format", "LiveEngine", "Probe", "ProbeAccount", "State"]

KINDS = {1: "syscall", 2: "task", 3: "fork", 4: "exec", 5: "exit", 6: "gap", 7: "certificate", 8: "signal", 9: "budget", 10: "http",
         11: "tamper", 12: "probe"}
FLAGS = {1: "late_order", 2: "raced", 4: "stale", 8: "unfinished", 16: "cut", 32: "io_uring", 64: "scalars",
         128: "changed"}
STATES = {1: "whole", 2: "truncated", 3: "unreadable", 4: "late", 5: "unavailable", 6: "absent"}
STATUS = {"any": 0, "failed": 1, "successful": 2}
MODES = {"discard": 0, "recorder": 1, "throttle": 2}
CONTEXTS = {0: "task", 1: "softirq", 2: "hardirq", 3: "nmi"}
_AS_SIGNED, _AS_STR = 0, 5  # values of enum linx_probe_form
ENODATA = 61


class Error(OSError):
    """Error of a call of the library: errno, and one line that says what to do."""


# ---- the library's structures, as in linx/linx.h (tests/python compares them)


class _ErrorText(ctypes.Structure):
    _name_ = "linx_error"
    _fields_ = [("text", c_char * 512)]


class _LiveOpts(ctypes.Structure):
    _name_ = "linx_live_opts"
    _fields_ = [
        ("size", c_size_t),
        ("mode", c_int),
        ("ring_size", c_uint64),
        ("watermark_percent", c_uint32),
        ("delay_ms", c_uint32),
        ("snap_bytes", c_uint32),
        ("snap_str", c_uint32),
        ("entry_time", c_bool),
        ("include_self", c_bool),
        ("envp", c_bool),
        ("fds", c_uint),
        ("pointers", c_bool),
        ("cpu_time", c_bool),
        ("signals", c_bool),
        ("files", c_bool),
        ("io_uring", c_bool),
        ("no_snapshot", c_bool),
        ("exempt_group", c_bool),
        ("throttle_cap_ms", c_uint32),
        ("nexempt", c_uint),
        ("exempt", POINTER(c_uint64)),
        ("no_resolved", c_bool),
        ("http_bytes", c_uint64),
        ("canary", c_bool),
        ("count", c_bool),
        ("machine", c_char_p),
    ]


class _EngineInfo(ctypes.Structure):
    _name_ = "linx_engine_info"
    _fields_ = [("name", c_char_p), ("text", c_char_p), ("live", c_bool)]


class _EngineOpts(ctypes.Structure):
    _name_ = "linx_engine_opts"
    _fields_ = [("size", c_size_t), ("live", POINTER(_LiveOpts)), ("fd", c_int), ("name", c_char_p)]


class _StreamInfo(ctypes.Structure):
    _name_ = "linx_stream_info"
    _fields_ = [
        ("format_major", c_uint32),
        ("format_minor", c_uint32),
        ("release", c_char_p),
        ("machine", c_char_p),
        ("node", c_char_p),
        ("boot_id", c_char_p),
        ("module_version", c_char_p),
        ("page_size", c_uint32),
        ("word_size", c_uint32),
        ("cpus", c_uint32),
        ("pid_ns", c_uint32),
        ("clock_name", c_char_p),
        ("live", c_bool),
        ("io_uring", c_bool),
        ("engine", c_char_p),
        ("files", c_bool),
        ("reduced", c_bool),
        ("no_paths", c_bool),
        ("uring_missed", c_bool),
        ("counts", c_bool),
        ("session", c_uint64),
    ]


class _FilterOpts(ctypes.Structure):
    _name_ = "linx_filter_opts"
    _fields_ = [
        ("size", c_size_t),
        ("status", c_int),
        ("by_uid", c_bool),
        ("uid", c_uint32),
        ("min_duration_ns", c_uint64),
        ("comms", POINTER(c_char_p)),
        ("ncomms", c_uint),
        ("comms_not", c_bool),
        ("pids", c_bool),
        ("pids_not", c_bool),
        ("threads", c_bool),
        ("follow", c_bool),
    ]


class _PrintOpts(ctypes.Structure):
    _name_ = "linx_print_opts"
    _fields_ = [
        ("size", c_size_t),
        ("colour", c_bool),
        ("verbose", c_bool),
        ("durations", c_bool),
        ("tids", c_bool),
        ("time_mode", c_int),
        ("string_limit", c_uint),
        ("width", c_uint),
        ("fds", c_uint),
        ("strace", c_void_p),
        ("line", c_void_p),
        ("files", c_bool),
        ("cmdline_limit", c_uint),
        ("files_limit", c_uint),
    ]


class _Value(ctypes.Structure):
    _name_ = "linx_value"
    _fields_ = [("data", c_void_p), ("size", c_uint32), ("orig", c_uint32), ("kind", c_uint8), ("state", c_uint8)]


class _Counts(ctypes.Structure):
    _name_ = "linx_counts"
    _fields_ = [
        ("selected", c_uint64),
        ("committed", c_uint64),
        ("delivered", c_uint64),
        ("unread", c_uint64),
        ("overwritten", c_uint64),
        ("filtered", c_uint64),
        ("lost", c_uint64 * 8),
        ("lost_context", c_uint64),
    ]


class _Damage(ctypes.Structure):
    _name_ = "linx_damage"
    _fields_ = [("places", c_uint64), ("bytes", c_uint64), ("first_offset", c_uint64)]


class _Certificate(ctypes.Structure):
    _name_ = "linx_certificate"
    _fields_ = [
        ("complete", c_bool),
        ("cut_off", c_bool),
        ("events", c_uint64),
        ("total", _Counts),
        ("ncpus", c_uint),
        ("cpus", POINTER(_Counts)),
        ("ncalls", c_uint),
        ("calls", c_void_p),
        ("start_ns", c_uint64),
        ("stop_ns", c_uint64),
        ("throttled", c_uint64),
        ("throttled_ns", c_uint64),
        ("sampled", c_uint64),
        ("cpus_sampled", POINTER(c_uint64)),
        ("calls_sampled", POINTER(c_uint64)),
        ("skipped", c_uint64),
        ("cpus_skipped", POINTER(c_uint64)),
        ("left_out", c_uint64),
        ("cpus_left_out", POINTER(c_uint64)),
        ("http_dropped", c_uint64),
        ("tampers", c_uint64),
        ("probes_missed", c_uint64),
        ("uring_missed", c_bool),
    ]


class _ProbeOpts(ctypes.Structure):
    _name_ = "linx_probe_opts"
    _fields_ = [("size", c_size_t), ("sample", c_uint32), ("priority", c_bool)]


class _ProbeHit(ctypes.Structure):
    _name_ = "linx_probe_hit"
    _fields_ = [
        ("number", c_uint32),
        ("site", c_uint32),
        ("context", c_uint32),
        ("kind", c_char_p),
        ("name", c_char_p),
        ("spec", c_char_p),
        ("nargs", c_uint),
    ]


class _ProbeArg(ctypes.Structure):
    _name_ = "linx_probe_arg"
    _fields_ = [
        ("name", c_char_p),
        ("type", c_char_p),
        ("form", c_uint8),
        ("state", c_uint8),
        ("size", c_uint8),
        ("number", c_uint64),
        ("value", _Value),
    ]


class _ProbeAccount(ctypes.Structure):
    _name_ = "linx_probe_account"
    _fields_ = [
        ("name", c_char_p),
        ("kind", c_char_p),
        ("spec", c_char_p),
        ("filtered", c_uint64),
        ("sampled", c_uint64),
        ("selected", c_uint64),
        ("committed", c_uint64),
        ("lost", c_uint64 * 8),
        ("missed", c_uint64),
        ("known", c_bool),
        ("gone", c_bool),
        ("at_least", c_bool),
        ("delivered", c_uint64),
    ]


class _Argument(ctypes.Structure):
    _name_ = "linx_call_info::()"
    _fields_ = [("name", c_char_p), ("type", c_char_p), ("capture", c_char_p)]


class _FormatInfo(ctypes.Structure):
    _name_ = "linx_format_info"
    _fields_ = [
        ("name", c_char_p),
        ("text", c_char_p),
        ("needs", c_uint),
        ("files", c_bool),
        ("terminal", c_bool),
        ("form", c_uint8),
    ]


class _CallInfo(ctypes.Structure):
    _name_ = "linx_call_info"
    _fields_ = [
        ("name", c_char_p),
        ("row", c_char_p),
        ("classes", c_char_p),
        ("nr", c_int32),
        ("abi", c_uint32),
        ("nargs", c_uint),
        ("args", _Argument * 6),
    ]


# ---- the library's functions

_P = c_void_p
_FUNCTIONS = {
    "linx_version": (c_char_p,),
    "linx_abi_name": (c_char_p, c_uint),
    "linx_add_pid": (c_int, _P, c_int),
    "linx_add_probe": (c_int, _P, c_char_p, POINTER(_ProbeOpts)),
    "linx_borrow_table": (_P, _P),
    "linx_budget": (c_int, _P, c_uint64),
    "linx_close": (None, _P),
    "linx_dump": (c_int, _P),
    "linx_error_text": (c_char_p, _P),
    "linx_event_get_abi": (c_uint, _P),
    "linx_event_get_arg": (c_int, _P, c_uint, POINTER(c_uint64)),
    "linx_event_get_child": (c_int, _P, POINTER(c_uint32)),
    "linx_event_get_comm": (c_char_p, _P),
    "linx_event_get_cpu": (c_uint, _P),
    "linx_event_get_cpu_ns": (c_int, _P, POINTER(c_uint64)),
    "linx_event_get_duration_ns": (c_int, _P, POINTER(c_uint64)),
    "linx_event_get_flags": (c_uint, _P),
    "linx_event_get_kind": (c_int, _P),
    "linx_event_get_name": (c_char_p, _P),
    "linx_event_get_hit": (c_int, _P, POINTER(_ProbeHit)),
    "linx_event_get_hit_arg": (c_int, _P, c_uint, POINTER(_ProbeArg)),
    "linx_event_get_nargs": (c_uint, _P),
    "linx_event_get_nr": (c_int, _P),
    "linx_event_get_pid": (c_uint32, _P),
    "linx_event_get_ret": (c_int, _P, POINTER(c_int64)),
    "linx_event_get_seq": (c_uint64, _P),
    "linx_event_get_tid": (c_uint32, _P),
    "linx_event_get_time_ns": (c_uint64, _P),
    "linx_event_get_value": (c_int, _P, c_uint, POINTER(_Value)),
    "linx_event_is_entry": (c_bool, _P),
    "linx_fd": (c_int, _P),
    "linx_filter": (c_int, _P, POINTER(_FilterOpts)),
    "linx_get_certificate": (c_int, _P, POINTER(POINTER(_Certificate))),
    "linx_get_probe_account": (c_int, _P, c_uint32, POINTER(_ProbeAccount)),
    "linx_next_probe": (c_int, _P, c_uint32),
    "linx_get_counts": (c_int, _P, POINTER(_Counts)),
    "linx_get_damage": (c_int, _P, POINTER(_Damage)),
    "linx_inherit_pids": (c_int, _P, _P),
    "linx_listed": (c_int, _P),
    "linx_lost_name": (c_char_p, c_uint),
    "linx_next": (c_int, _P, POINTER(_P), c_int),
    "linx_open_engine": (c_int, c_char_p, POINTER(_EngineOpts), POINTER(_P), POINTER(_ErrorText)),
    "linx_pending": (c_bool, _P),
    "linx_print": (c_int, _P, _P, POINTER(_P), POINTER(c_size_t)),
    "linx_printer_free": (None, _P),
    "linx_printer_new": (c_int, c_int, POINTER(_PrintOpts), POINTER(_P)),
    "linx_get_pods_error": (c_int, _P),
    "linx_read_containers": (c_int, _P, c_char_p),
    "linx_read_pods": (c_int, _P, c_char_p, c_uint),
    "linx_salvage": (c_int, _P),
    "linx_sample": (c_int, _P, c_char_p, c_uint),
    "linx_get_engine": (c_int, c_uint, POINTER(_EngineInfo)),
    "linx_get_stream_info": (POINTER(_StreamInfo), _P),
    "linx_get_format": (c_int, c_uint, POINTER(_FormatInfo)),
    "linx_select": (c_int, _P, c_char_p),
    "linx_select_entries": (c_int, _P, c_bool),
    "linx_set_condition": (c_int, _P, c_char_p),
    "linx_set_priority": (c_int, _P, c_char_p),
    "linx_skip_until_exec": (c_int, _P, c_uint32),
    "linx_start": (c_int, _P),
    "linx_seal": (c_int, _P),
    "linx_stop": (c_int, _P),
    "linx_table_free": (None, _P),
    "linx_table_get_call": (c_int, _P, c_uint, POINTER(_CallInfo)),
    "linx_table_new_builtin": (c_int, POINTER(_P)),
}


def _load():
    library = ctypes.CDLL("liblinx.so.0", use_errno=True)
    for name, (result, *arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


_lib = _load()


def _formats():
    found, info = {}, _FormatInfo()
    while _lib.linx_get_format(len(found), byref(info)) == 0:
        found[info.name.decode()] = len(found)
    return found


FORMATS = _formats()


def _options(kind, words):
    opts = kind(size=ctypes.sizeof(kind))
    for word, value in words.items():
        if word == "size" or word not in dict(kind._fields_):
            raise TypeError("no such option: " + word)
        if word == "exempt":
            value, opts.nexempt = (c_uint64 * len(value))(*value), len(value)
        setattr(opts, word, value)
    return opts


def _text(data):
    return None if data is None else data.decode("utf-8", "surrogateescape")


def _bytes(text):
    return None if text is None else text.encode()


def _check_open(rc, err):
    if rc < 0:
        raise Error(-rc, _text(err.text))


def version():
    """Returns the version of the library, such as "0.1.0"."""
    return _text(_lib.linx_version())


def _probe_value(arg):
    if arg.form >= _AS_STR:
        return ctypes.string_at(arg.value.data, arg.value.size) if arg.value.data else None
    if arg.state != 1:
        return None
    return c_int64(arg.number).value if arg.form == _AS_SIGNED else arg.number


class Event:
    """One event, valid until the next call on its source; linx.__doc__ names the calls that keep it valid."""

    __slots__ = ("_source", "_at", "_turn")

    def __init__(self, source, at):
        self._source, self._at, self._turn = source, at, source._turn

    def _get(self, function, *arguments):
        if self._turn != self._source._turn:
            raise ReferenceError("this event is gone: its source has been called since, or closed")
        return function(self._at, *arguments)

    def _ask(self, function, kind, *arguments):
        value = kind()
        return value if self._get(function, *arguments, byref(value)) == 0 else None

    def _number(self, function, kind):
        value = self._ask(function, kind)
        return None if value is None else value.value

    @property
    def kind(self):
        return KINDS.get(self._get(_lib.linx_event_get_kind))

    @property
    def flags(self):
        bits = self._get(_lib.linx_event_get_flags)
        return frozenset(name for bit, name in FLAGS.items() if bits & bit)

    @property
    def time_ns(self):
        return self._get(_lib.linx_event_get_time_ns)

    @property
    def cpu(self):
        return self._get(_lib.linx_event_get_cpu)

    @property
    def seq(self):
        return self._get(_lib.linx_event_get_seq)

    @property
    def pid(self):
        return self._get(_lib.linx_event_get_pid)

    @property
    def tid(self):
        return self._get(_lib.linx_event_get_tid)

    @property
    def comm(self):
        return _text(self._get(_lib.linx_event_get_comm))

    @property
    def name(self):
        return _text(self._get(_lib.linx_event_get_name)) if self.kind == "syscall" else None

    @property
    def nr(self):
        return self._get(_lib.linx_event_get_nr)

    @property
    def abi(self):
        return _text(_lib.linx_abi_name(self._get(_lib.linx_event_get_abi)))

    @property
    def is_entry(self):
        return self._get(_lib.linx_event_is_entry)

    @property
    def ret(self):
        return self._number(_lib.linx_event_get_ret, c_int64)

    @property
    def duration_ns(self):
        return self._number(_lib.linx_event_get_duration_ns, c_uint64)

    @property
    def cpu_ns(self):
        """CPU time that the task used in the call; None: not recorded, as without open_live(cpu_time=True)."""
        return self._number(_lib.linx_event_get_cpu_ns, c_uint64)

    @property
    def child(self):
        """Thread id of the new task of a fork; None: another kind of event."""
        return self._number(_lib.linx_event_get_child, c_uint32)

    @property
    def args(self):
        """The arguments as the program passed them."""
        values = (self._ask(_lib.linx_event_get_arg, c_uint64, i) for i in range(self._get(_lib.linx_event_get_nargs)))
        return tuple(v.value for v in values if v is not None)

    def value(self, argument):
        """Value that an argument points to: (bytes, state, original length); None: no value was recorded."""
        v = self._ask(_lib.linx_event_get_value, _Value, argument)
        if v is None:
            return None
        return ctypes.string_at(v.data, v.size) if v.data else b"", STATES.get(v.state), v.orig

    @property
    def probe(self):
        """Facts about a probe's hit: number, site, context, kind, name, spec, and args: {name: (value, state)}.

        A value is a number, or the bytes that were captured; if it is None, the state says why there is no value.
        None: the event is not a probe's hit."""
        hit = self._ask(_lib.linx_event_get_hit, _ProbeHit)
        if hit is None:
            return None
        args = [self._ask(_lib.linx_event_get_hit_arg, _ProbeArg, i) for i in range(hit.nargs)]
        return {"number": hit.number, "site": hit.site, "context": CONTEXTS.get(hit.context), "kind": _text(hit.kind),
                "name": _text(hit.name), "spec": _text(hit.spec),
                "args": {_text(a.name): (_probe_value(a), STATES.get(a.state)) for a in args}}

    def text(self, format="text", **options):
        """Returns the event as `linxcap --format` shows it, with a newline; options as in struct linx_print_opts."""
        return self._get(lambda at: self._source._render(at, format, options))


class Source:
    """A capture file, or a recording engine. Iterating gives the events of all CPUs in order of time."""

    def __init__(self, handle):
        self._handle, self._turn, self._printers = handle, 0, {}
        self._fd = None  # descriptor that close() closes: open_file() has opened it

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        self.close()

    def close(self):
        handle, self._handle = self._handle, None
        self._turn += 1
        for printer in self._printers.values():
            _lib.linx_printer_free(printer)
        self._printers = {}
        if handle:
            _lib.linx_close(handle)
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def _open(self):
        if not self._handle:
            raise ValueError("the source is closed")
        return self._handle

    def _call(self, function, *arguments):
        handle = self._open()
        self._turn += 1  # events are invalid after any call
        return self._look(function, handle, *arguments)

    def _look(self, function, *arguments):
        rc = function(*arguments)
        if rc < 0:
            raise Error(-rc, _text(_lib.linx_error_text(self._handle)) or os.strerror(-rc))
        return rc

    def select(self, calls):
        """Selects calls: names, %class, /regex, joined by commas, as for `linxcap -e`."""
        self._call(_lib.linx_select, calls.encode())

    def select_entries(self, on=True):
        self._call(_lib.linx_select_entries, on)

    def condition(self, text):
        """Delivers only events that meet a condition, such as "linx.type = openat and linx.res < 0"."""
        self._call(_lib.linx_set_condition, text.encode())

    def filter(self, status="any", comms=None, uid=None, **options):
        """Selects events by tasks and results; options: members of struct linx_filter_opts."""
        opts = _options(_FilterOpts, options)
        opts.status = STATUS[status]
        if uid is not None:
            opts.by_uid, opts.uid = True, uid
        if comms is not None:
            names = (c_char_p * len(comms))(*[c.encode() for c in comms])
            opts.comms, opts.ncomms = names, len(comms)
        self._call(_lib.linx_filter, byref(opts))

    def sample(self, calls, every):
        """Records one of "every" calls of each selected name, on each CPU; calls None: all but class PRIO."""
        self._call(_lib.linx_sample, _bytes(calls), every)

    def budget(self, per_second):
        """Limits the events of calls that each CPU records in a second; 0: no limit."""
        self._call(_lib.linx_budget, per_second)

    def priority(self, calls=None):
        """Selects the calls for which a share of each ring is reserved; None: those of class PRIO."""
        self._call(_lib.linx_set_priority, _bytes(calls))

    def add_probe(self, spec, sample=0, priority=False):
        """Adds a probe on the kernel, such as "kprobe:tcp_connect(sk)", before start(). Returns its number."""
        opts = _ProbeOpts(size=ctypes.sizeof(_ProbeOpts), sample=sample, priority=priority)
        return self._call(_lib.linx_add_probe, spec.encode(), byref(opts))

    def probe_account(self, number):
        """Returns counts of a probe's hits: selected, committed, lost by cause, missed ..."""
        account = _ProbeAccount()
        self._look(_lib.linx_get_probe_account, self._open(), number, byref(account))
        found = {name: getattr(account, name) for name, _ in _ProbeAccount._fields_ if name != "lost"}
        found.update({name: _text(found[name]) for name in ("name", "kind", "spec")})
        return {**found, "lost": _lost_dict(account.lost)}

    def probes(self):
        """Returns the numbers of the source's probes. In a file, these are the probes of the part that has been read."""
        found, number = [], _lib.linx_next_probe(self._open(), 0)
        while number >= 0:
            found.append(number)
            number = _lib.linx_next_probe(self._open(), number + 1)
        return found

    def add_pid(self, pid):
        self._call(_lib.linx_add_pid, pid)

    def inherit_pids(self, source):
        """Adds the listed processes of another live source, which this one is to replace, to the list of this one."""
        self._call(_lib.linx_inherit_pids, source._open())

    def listed(self):
        """Returns how many processes on the list still live."""
        return self._call(_lib.linx_listed)

    def skip_until_exec(self, tid):
        """Leaves out all events of a task before its first execve."""
        self._call(_lib.linx_skip_until_exec, tid)

    def salvage(self):
        """Continues after damage in a capture file, instead of ending there."""
        self._call(_lib.linx_salvage)

    def damage(self):
        """Returns the damage found so far: number of places and bytes, offset of the first; None: no salvage()."""
        damage = _Damage()
        if _lib.linx_get_damage(self._open(), byref(damage)) < 0:
            return None
        return {name: getattr(damage, name) for name, _ in _Damage._fields_}

    def start(self):
        self._call(_lib.linx_start)

    def stop(self):
        self._call(_lib.linx_stop)

    def dump(self):
        """Delivers the events that a flight recorder holds; recording continues."""
        self._call(_lib.linx_dump)

    def fileno(self):
        """Returns a descriptor for select.poll(); -1: a capture file, which needs no waiting."""
        return _lib.linx_fd(self._open())

    def pending(self):
        """True if next() returned None only to yield, and more events are there. fileno() may not show that."""
        return _lib.linx_pending(self._open())

    def next(self, timeout=None):
        """Returns the next event; None: no event within timeout seconds. StopIteration: the end of the stream."""
        event = c_void_p()
        try:
            rc = self._call(_lib.linx_next, byref(event), -1 if timeout is None else int(timeout * 1000))
        except Error as e:
            if e.errno == ENODATA:
                raise StopIteration from None
            raise
        return Event(self, event.value) if rc == 1 else None

    def __iter__(self):
        return self

    def __next__(self):
        while True:
            try:
                event = self.next(0.5)
            except InterruptedError:
                continue
            if event is not None:
                return event

    def counts(self):
        """Returns counts of the events so far, and of lost ones by cause."""
        counts = _Counts()
        self._look(_lib.linx_get_counts, self._open(), byref(counts))
        return _counts_dict(counts)

    def certificate(self):
        """Returns the certificate of a recording after its end: its counts, and whether it is complete."""
        at = POINTER(_Certificate)()
        self._call(_lib.linx_get_certificate, byref(at))
        c = at.contents
        return {"complete": c.complete, "cut_off": c.cut_off, "events": c.events, "total": _counts_dict(c.total),
                "cpus": [_counts_dict(c.cpus[i]) for i in range(c.ncpus)], "start_ns": c.start_ns, "stop_ns": c.stop_ns,
                "skipped": c.skipped, "left_out": c.left_out, "tampers": c.tampers,
                "probes_missed": c.probes_missed, "uring_missed": c.uring_missed}

    def engine(self):
        """Returns the name of the engine that records, or that has recorded the capture file."""
        return _text(_lib.linx_get_stream_info(self._open()).contents.engine)

    def calls(self):
        """Returns the table of calls with which this stream was recorded."""
        return _calls(_lib.linx_borrow_table(self._open()))

    def _render(self, at, format, options):
        key = format, tuple(sorted(options.items()))
        printer = self._printers.get(key)
        if printer is None:
            printer = c_void_p()
            rc = _lib.linx_printer_new(FORMATS[format], byref(_options(_PrintOpts, options)), byref(printer))
            if rc < 0:
                raise Error(-rc, os.strerror(-rc))
            self._printers[key] = printer
        text, size = c_void_p(), c_size_t()
        rc = _lib.linx_print(printer, at, byref(text), byref(size))
        if rc < 0:
            raise Error(-rc, os.strerror(-rc))
        return _text(ctypes.string_at(text, size.value)) if size.value else ""


def _counts_dict(counts):
    names = (n for n, _ in _Counts._fields_ if n != "lost")
    out = {n: getattr(counts, n) for n in names}
    out["lost"] = _lost_dict(counts.lost)
    return out


def _lost_dict(lost):
    causes = ((_text(_lib.linx_lost_name(i)), n) for i, n in enumerate(lost))
    return {name: n for name, n in causes if name}


def _calls(table):
    info, rows = _CallInfo(), []
    while _lib.linx_table_get_call(table, len(rows), byref(info)) == 0:
        rows.append({
            "name": _text(info.name), "abi": _text(_lib.linx_abi_name(info.abi)), "nr": info.nr,
            "classes": _text(info.classes).split("|"), "args": [_text(info.args[i].name) for i in range(info.nargs)],
        })
    return rows


def calls():
    """Returns the table of calls of this library: one dictionary for each number of each ABI."""
    table = c_void_p()
    rc = _lib.linx_table_new_builtin(byref(table))
    if rc < 0:
        raise Error(-rc, os.strerror(-rc))
    try:
        return _calls(table)
    finally:
        _lib.linx_table_free(table)


def engines():
    """Returns the engines of this library. Those that record come first, in the order in which "auto" tries them."""
    info, rows = _EngineInfo(), []
    while _lib.linx_get_engine(len(rows), byref(info)) == 0:
        rows.append({"name": _text(info.name), "text": _text(info.text), "live": info.live})
    return rows


def _open_engine(engine, **options):
    handle, err = c_void_p(), _ErrorText()
    _check_open(_lib.linx_open_engine(_bytes(engine), byref(_options(_EngineOpts, options)), byref(handle), byref(err)), err)
    return Source(handle)


def open_file(file):
    """Opens a capture file by its path, or by an open descriptor (also of a pipe), which the caller has to close."""
    fd = file if isinstance(file, int) else os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    source = None
    try:
        source = _open_engine("file", fd=fd, name=os.fsencode(str(file)))
    finally:
        if source is None and fd is not file:
            os.close(fd)
    if fd is not file:
        source._fd = fd
    return source


def open_live(mode="discard", engine="kmod", **options):
    """Opens an engine that records, or "auto"; options: members of struct linx_live_opts.

    Needs root, or CAP_PERFMON and CAP_SYS_PTRACE."""
    live = _options(_LiveOpts, options)
    live.mode = MODES[mode]
    return _open_engine(engine, live=ctypes.pointer(live))
