#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Policies of others as probes of linx: what the list says becomes options of linxcap, a program of bpftrace and events of
perf, and what these recorded of the same run is compared.

usage: policies.py check LIST DATA          the list has each policy of the folder DATA, with its functions
       policies.py arm LIST DIR [POLICY...] writes to DIR what is to be armed on this kernel
       policies.py works DIR [FIRST]        prints the number of the first thread and the workload of each policy
       policies.py filters DIR              prints the filters, a line each
       policies.py judge DIR ENGINE [FIRST] compares, and prints a row for each probe:
                                            policy, probe, hits of linx, of bpftrace, of perf, of the test, verdict
"""
import json
import os
import re
import sys

MASK = (1 << 64) - 1
FIRST = 10000  # number of the first thread of the first workload
EACH = 200  # numbers of threads that a workload has
PASS = 10000  # numbers of threads that all workloads have; those of the next engine follow

# ---- the list


def read_list(path):
    """Policies in order: name, and "not" or "work" and "probes"."""
    policies, probe = [], None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            if not word or word.startswith("#"):
                continue
            rest = rest.strip()
            if word == "policy":
                policies.append({"name": rest, "probes": []})
            elif word in ("not", "work", "more"):
                policies[-1][word] = rest
            elif word == "probe":
                probe = {"spec": rest}
                policies[-1]["probes"].append(probe)
            elif word == "like":
                hook, _, items = rest.partition(" ")
                probe["hook"] = hook
                probe["items"] = [item.split(":", 1) for item in re.split(r"  +", items.strip()) if item]
            elif word in ("only", "filter", "event"):
                probe[word] = rest
            else:
                sys.exit(f"{path}: unknown word {word}")
    return policies


def function_of(spec):
    """The function that a specification names."""
    return re.match(r"\w+:([\w.*]+)", spec)[1]


def named_by(policy):
    """Names of functions that a policy's probes are at, as the policy has them."""
    names = set()
    for probe in policy["probes"]:
        name = function_of(probe["spec"]).replace("__x64_sys_", "sys_")
        names |= {name, name.replace("security_", ""), re.sub(r"\w+:", "", probe.get("event", name))}
    return names


def check(path, data):
    policies = {p["name"]: p for p in read_list(path)}
    files = {name[:-5] for name in os.listdir(data) if name.endswith(".yaml")}
    wrong = [f"{name}: not in the list" for name in sorted(files - policies.keys())]
    wrong += [f"{name}: no such policy" for name in sorted(policies.keys() - files)]
    for name in sorted(files & policies.keys()):
        if "not" in policies[name]:
            continue
        with open(f"{data}/{name}.yaml", encoding="utf-8") as text:
            calls = re.findall(r"^[ -]*(?:call|hook|event): *\"?([\w:-]+)", text.read(), re.M)
        for call in calls:
            if call.startswith("list:"):
                continue
            if call not in named_by(policies[name]):
                wrong.append(f"{name}: no probe at {call}")
        if not policies[name]["probes"] or not calls:
            wrong.append(f"{name}: no probe")
    print("\n".join(wrong) or f"{len(files)} policies, {sum('not' not in policies[n] for n in files)} of them as probes")
    return bool(wrong)


# ---- arming


def symbols():
    with open("/proc/kallsyms", encoding="utf-8") as lines:
        return {f[2] for f in (line.split() for line in lines) if len(f) == 3 and f[1] in "tT"}


def traceable():
    with open("/sys/kernel/tracing/available_filter_functions", encoding="utf-8") as lines:
        return {line.split()[0] for line in lines}


def expand(probe, there, traced):
    """
    The probes that one with a pattern stands for; each says whether its function is there, and else why linx refuses it.
    A copy of a function that the kernel declares "inline" is there, and cannot be traced.
    """
    spec, hook = probe["spec"], probe["hook"]
    name = function_of(spec)
    names = [name]
    if name.endswith("*"):
        names = sorted(n for n in there & traced if n.startswith(name[:-1]))
    for n in names:
        one = dict(probe, spec=spec.replace(name, n, 1), hook=hook.replace(name, n, 1))
        if "only" in one:
            one["only"] = re.sub(r"FUNCTION\((\w+)\)", lambda found: str(int(found[1] == n)), one["only"])
        kind, target = one["hook"].split(":")
        one["there"] = not kind.endswith("probe") or target in there & traced
        one["why"] = "not traceable" if target in there else "no such symbol"
        yield one


# Printf formats and arguments of bpftrace for a value of each kind.
def depths(expr):
    for depth in range(2, -1, -1):
        yield f"str(({expr}){'->d_parent' * depth}->d_name.name)"


def sock_values(expr):
    common = f"({expr})->__sk_common"
    words = [f"{common}.skc_family", f"str({common}.skc_prot->name)", f"((struct inet_sock *)({expr}))->inet_sport", f"{common}.skc_dport"]
    words += [f"{common}.skc_rcv_saddr", f"{common}.skc_daddr"]
    for name in ("skc_v6_rcv_saddr", "skc_v6_daddr"):
        words += [f"{common}.{name}.in6_u.u6_addr32[{i}]" for i in range(4)]
    return words


IDS = ("uid", "gid", "suid", "sgid", "euid", "egid", "fsuid", "fsgid")
CAPS = ("inheritable", "permitted", "effective", "bset", "ambient")


def value(kind, expr):
    if kind == "num":
        return [("%lu", f"(uint64)({expr})")]
    if kind == "str":
        return [("%s", f"str({expr})" if "->name" not in expr and "prog_name" not in expr else name_of(expr))]
    if kind == "ustr":
        return [("%s", f"str(uptr({expr}))")]
    if kind == "path":
        return [("%s/%s/%s", ", ".join(depths(expr)))]
    if kind == "sock":
        words = sock_values(expr)
        return [(",".join("%s" if "str(" in w else "%lu" for w in words), ", ".join(words))]
    if kind == "addr":
        return [("%r", f"buf({expr}, 16)")]
    if kind == "cred":
        words = [f"({expr})->{i}.val" for i in IDS] + [f"*(uint64 *)((uint64)({expr}) + offsetof(struct cred, cap_{c}))" for c in CAPS]
        return [(",".join(["%lu"] * len(words)), ", ".join(words))]
    sys.exit(f"unknown kind of value {kind}")


def name_of(expr):
    """Names in arrays of characters are strings already, those behind pointers are not."""
    pointers = ("d_name.name",)
    return f"str({expr})" if expr.endswith(pointers) else expr


def block(number, probe):
    """What bpftrace does at a hit of a probe: prints its number, the thread, whether it passes the test, and the values."""
    hook = probe["hook"]
    words = [value(kind, expr)[0] for kind, expr in probe["items"]]
    form = "\\t".join(["H %d %d %d"] + [f for f, _ in words])
    args = ", ".join([str(number), "tid", "$pass"] + [a for _, a in words])
    body = f"$pass = (int32)0; if ({probe.get('only', '1')}) {{ $pass = (int32)1; }} printf(\"{form}\\n\", {args});"
    test = f"/tid >= {FIRST}/"
    if not hook.startswith("kretprobe:"):
        return f"{hook} {test} {{ {body} }}\n"
    used = sorted(set(re.findall(r"\barg(\d)\b", body)))
    enter = "".join(f"@a{number}_{i}[tid] = arg{i}; " for i in used)
    for i in used:
        body = re.sub(rf"\barg{i}\b", f"$e{i}", body)
    body = "".join(f"$e{i} = @a{number}_{i}[tid]; " for i in used) + body + "".join(f" delete(@a{number}_{i}[tid]);" for i in used)
    first = hook.replace("kretprobe", "kprobe")
    enter = f"{first} {test} {{ {enter} }}\n" if used else ""
    return enter + f"{hook} {test} {{ {body} }}\n"


def arm(path, to, only):
    there, traced, armed, policies = symbols(), traceable(), [], []
    for policy in read_list(path):
        if "not" in policy or (only and policy["name"] not in only):
            continue
        policies.append(policy)
        expanded = []
        for probe in policy["probes"]:
            expanded += list(expand(probe, there, traced))
        for probe in expanded:
            same = [a for a in armed if all(a.get(k) == probe.get(k) for k in ("spec", "hook", "items", "only"))]
            if not same:
                armed.append(probe)
            probe["id"] = armed.index((same or [probe])[0])
        policy["probes"] = expanded
    specs = []
    for probe in armed:
        plain = re.sub(r" if .*", "", probe["spec"])
        for spec in (plain, probe["spec"]):
            if probe["there"] and spec not in specs:
                specs.append(spec)
        probe["plain"] = specs.index(plain) if probe["there"] else None
        probe["number"] = specs.index(probe["spec"]) if probe["there"] else None
    present = [p for p in armed if p["there"]]
    kprobes, events = [], []
    for probe in present:
        kind, target = probe["hook"].split(":")
        event = probe.get("event")
        if not event:
            event = f"linx_{kind[1]}:{target.replace('.', '_')}"
            kprobes.append(f"{'r' if kind == 'kretprobe' else 'p'}:{event.replace(':', '/')} {target}")
        probe["event"] = event
        events.append(event)
    for name, lines in (
        ("specs", specs),
        ("kprobes", sorted(set(kprobes))),
        ("events", sorted(set(events))),
        ("absent", sorted({f"{p['why']}:{p['spec']}" for p in armed if not p["there"]})),
        ("program.bt", [block(i, p) for i, p in enumerate(armed) if p["there"]]),
    ):
        with open(f"{to}/{name}", "w", encoding="utf-8") as out:
            out.writelines(line.rstrip("\n") + "\n" for line in lines)
    with open(f"{to}/plan.json", "w", encoding="utf-8") as out:
        json.dump({"policies": policies, "armed": armed, "filters": sorted({p["filter"] for p in armed if "filter" in p})}, out)


# ---- comparison


def plan_of(directory):
    with open(f"{directory}/plan.json", encoding="utf-8") as text:
        return json.load(text)


def place(tid, first):
    """Number of the workload that a thread belongs to."""
    return (tid - first) // EACH if first <= tid < first + PASS else None


def hits_of_linx(path, first, want_args=True):
    """Hits by probe and workload: lists of (thread, values)."""
    hits = {}
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            event = json.loads(line)
            where = place(event["tid"], first) if event.get("kind") == "probe" else None
            if where is None:
                continue
            values = list(event["args"].values()) + ([event["ret"]] if "ret" in event else []) if want_args else None
            hits.setdefault((event["number"], where), []).append((event["tid"], values))
    return hits


def hits_of_bpftrace(path, first):
    hits = {}
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            if not line.startswith("H "):
                continue
            head, *values = line.rstrip("\n").split("\t")
            _, number, tid, passed = head.split()
            hits.setdefault((int(number), place(int(tid), first)), []).append((int(tid), values, passed == "1"))
    return hits


def hits_of_perf(path, first):
    counts = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            found = re.match(r" *(\d+) +([\w:]+): *$", line)
            if found:
                key = (found[2], place(int(found[1]), first))
                counts[key] = counts.get(key, 0) + 1
    return counts


def address_bytes(text):
    """The bytes of an address of IPv4 or IPv6."""
    if ":" not in text:
        return bytes(int(part) for part in text.split("."))
    head, _, tail = text.partition("::")
    words = [[int(w, 16).to_bytes(2, "big") for w in part.split(":") if w] for part in (head, tail)]
    return b"".join(words[0] + [b"\0\0"] * (8 - len(words[0]) - len(words[1])) + words[1])


def swapped(number):
    return int.from_bytes(number.to_bytes(2, "little"), "big")


def same_end(mine, port, words):
    """An end of a socket: its port, and its address as numbers of 32 bits in memory."""
    return mine.get("port") == port and address_bytes(mine["addr"]) == b"".join(w.to_bytes(4, "little") for w in words)


def same_sock(mine, theirs):
    words = theirs.split(",")
    family, port, dport, *numbers = [int(w) for w in words[:1] + words[2:]]
    if mine["family"]["value"] != family or mine["proto"] != words[1]:
        return False
    if family not in (2, 10):
        return True
    local, peer = (numbers[:1], numbers[1:2]) if family == 2 else (numbers[2:6], numbers[6:])
    return same_end(mine["local"], swapped(port), local) and ("peer" not in mine or same_end(mine["peer"], swapped(dport), peer))


def same_addr(mine, theirs):
    raw = bytes(int(a or hex(ord(b)), 16) for a, b in re.findall(r"\\x([0-9a-f]{2})|(.)", theirs))
    family = int.from_bytes(raw[:2], "little")
    if mine["family"] != {1: "AF_UNIX", 2: "AF_INET", 10: "AF_INET6"}[family]:
        return False
    if family == 2:
        return mine["port"] == int.from_bytes(raw[2:4], "big") and address_bytes(mine["addr"]) == raw[4:8]
    return family != 1 or raw[2:].split(b"\0")[0] == mine["path"].encode()[: len(raw) - 2]


def same_cred(mine, theirs):
    numbers = [int(w) for w in theirs.split(",")]
    keys = list(IDS) + ["cap_" + {"bset": "bounding"}.get(c, c) for c in CAPS]
    return all((int(mine[k], 16) if isinstance(mine[k], str) else mine[k]) == n for k, n in zip(keys, numbers))


def same_path(mine, theirs):
    """bpftrace has the last three names up to the root of the file system, which may be mounted somewhere."""
    chain = re.sub("/+", "/", theirs)
    if not mine.startswith("/"):
        return chain in ("", "/") or mine.startswith("/".join(chain.strip("/").split("/")[-1:])) or mine.split(":")[0] in theirs
    return ("/" + mine).endswith(chain.rstrip("/")) or ("/" + mine).endswith(chain)


def same(kind, mine, theirs):
    # An address of UNIX is truncated, since nothing says how long it is: what is there has to agree.
    if isinstance(mine, dict) and "state" in mine and "family" not in mine:
        if mine["state"] == "truncated":
            return theirs.startswith(mine.get("value", "?")) and len(theirs) > len(mine["value"])
        return theirs.strip("/") in ("", "0") or not any(int(w) for w in theirs.split(",") if w.isdigit())
    if kind == "num":
        return int(mine, 0) & MASK == int(theirs) if isinstance(mine, str) else int(mine) & MASK == int(theirs)
    if kind in ("str", "ustr"):
        return mine == theirs
    return {"sock": same_sock, "addr": same_addr, "cred": same_cred, "path": same_path}[kind](mine, theirs)


def agrees(kind, mine, theirs):
    """A value of another form than is expected does not agree."""
    try:
        return same(kind, mine, theirs)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False


def by_thread(hits):
    threads = {}
    for hit in hits:
        threads.setdefault(hit[0], []).append(hit)
    return threads


def differences(items, linx, bpftrace):
    """Hits that differ, each thread's in their order."""
    ours, theirs = by_thread(linx), by_thread(bpftrace)
    for tid in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(tid, []), theirs.get(tid, [])
        if len(mine) != len(other):
            yield f"thread {tid}: {len(mine)} hits, bpftrace {len(other)}"
            continue
        for a, b in zip(mine, other):
            for (kind, _), x, y in zip(items, a[1], b[1]):
                if not agrees(kind, x, y):
                    yield f"thread {tid}: {kind} {json.dumps(x)}, bpftrace {y}"


def judge(directory, engine, first):
    plan = plan_of(directory)
    linx = hits_of_linx(f"{directory}/{engine}.json", first)
    compared = os.path.exists(f"{directory}/bpftrace.txt")
    theirs = hits_of_bpftrace(f"{directory}/bpftrace.txt", first) if compared else {}
    perf = hits_of_perf(f"{directory}/perf.txt", first)
    filtered = {f: hits_of_linx(f"{directory}/{engine}.filter{i}.json", first, False) for i, f in enumerate(plan["filters"]) if compared}
    bad = 0
    for where, policy in enumerate(plan["policies"]):
        for probe in policy["probes"]:
            armed = plan["armed"][probe["id"]]
            if not armed["there"]:
                print("\t".join([policy["name"], probe["spec"], "-", "-", "-", "-", "absent"]))
                continue
            mine = linx.get((armed["plain"], where), [])
            other = theirs.get((probe["id"], where), [])
            counted = perf.get((armed["event"], where), 0)
            passed = [hit for hit in other if hit[2]]
            verdict = list(differences(armed["items"], mine, other)) if compared else []
            if len(mine) != counted:
                verdict.append(f"{len(mine)} hits, perf {counted}")
            tested = linx.get((armed["number"], where), [])
            if compared and "filter" in armed:
                tested = filtered[armed["filter"]].get((armed["number"], where), [])
            if compared and len(tested) != len(passed):
                verdict.append(f"{len(tested)} pass the test, bpftrace {len(passed)}")
            bad += bool(verdict)
            words = [policy["name"], probe["spec"], len(mine), len(other), counted, len(tested)]
            words.append(f"{len(verdict)} differ: {verdict[0]}" if verdict else "equal")
            print("\t".join(str(w) for w in words))
    return bad > 0


def main(argv):
    command, directory = argv[1], argv[2]
    if command == "check":
        return check(argv[2], argv[3])
    if command == "arm":
        return arm(argv[2], argv[3], argv[4:])
    if command == "works":
        for i, policy in enumerate(plan_of(directory)["policies"]):
            print(int(argv[3] if len(argv) > 3 else FIRST) + EACH * i, policy["work"])
        return 0
    if command == "filters":
        print("".join(f + "\n" for f in plan_of(directory)["filters"]), end="")
        return 0
    return judge(directory, argv[3], int(argv[4] if len(argv) > 4 else FIRST))


if __name__ == "__main__":
    sys.exit(main(sys.argv))
