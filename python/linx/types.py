# SPDX-License-Identifier: LGPL-2.1-or-later
"""Types of arguments and results of the functions in linx, for annotations."""

from typing import Dict, List, Literal, Optional, Tuple, TypedDict, Union


class Call(TypedDict):
    name: str
    abi: str
    nr: int
    classes: List[str]
    args: List[str]


class Counts(TypedDict):
    selected: int
    committed: int
    delivered: int
    unread: int
    overwritten: int
    filtered: int
    lost_context: int
    lost: Dict[str, int]


class Damage(TypedDict):
    places: int
    bytes: int
    first_offset: int


class Certificate(TypedDict):
    complete: bool
    cut_off: bool
    events: int
    total: Counts
    cpus: List[Counts]
    start_ns: int
    stop_ns: int
    skipped: int
    left_out: int
    tampers: int
    probes_missed: int
    uring_missed: bool


class Probe(TypedDict):
    number: int
    site: int
    context: Optional[str]
    kind: Optional[str]
    name: Optional[str]
    spec: Optional[str]
    args: Dict[str, Tuple[Union[int, bytes, None], Optional[str]]]


class ProbeAccount(TypedDict):
    name: str
    kind: str
    spec: str
    filtered: int
    sampled: int
    selected: int
    committed: int
    lost: Dict[str, int]
    missed: int
    known: bool
    gone: bool
    at_least: bool
    delivered: int


class Engine(TypedDict):
    name: str
    text: str
    live: bool


Format = Literal["text", "strace", "json", "line"]
LiveEngine = Literal["kmod", "bpf", "ptrace", "auto"]
State = Literal["whole", "truncated", "unreadable", "late", "unavailable", "absent"]
