#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fields of tracepoints by the module: the same values as ftrace writes on the same run, each hit once; hits that perf
# does not pass on are counted; a CPU that goes and comes has its hits; a module that has the tracepoint stays loaded
# while it is recorded. By the engine bpf the same values are recorded.
# with: probed
# smp: 3
# timeout: 300
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
tracing=/sys/kernel/tracing
[ -e $tracing/events ] || mount -t tracefs tracefs $tracing || fail "mount tracefs"
parameters=/sys/module/probed/parameters

# traced EVENT...: ftrace writes these events from here on to $log
traced() {
	local e
	mkdir -p $tracing/instances/linx
	log=$tracing/instances/linx/trace
	echo 0 >$tracing/instances/linx/events/enable
	for e in "$@"; do echo 1 >"$tracing/instances/linx/events/${e/://}/enable"; done
	: >$log
}
untraced() { echo 0 >$tracing/instances/linx/events/enable; }
sums() { # NAME STATS
	accounts "$1" "$2"
	holds "$1: each probe's sum" "$2" '[.probes[] | .selected == .committed + ([.lost[]?] | add // 0)] | all and length > 0'
}
exact() { # NAME STATS
	sums "$1" "$2"
	holds "$1: complete" "$2" '.complete and ([.probes[] | .missed == 0 and (.at_least | not)] | all)'
}
hits() { jq -r "select(.kind == \"probe\" and .probe == \"$1\") | $2" "$3"; }

# Values: those that ftrace writes.
traced sched:sched_process_exec sched:sched_process_fork sched:sched_stat_runtime
lx -e none --probe 'tracepoint:sched:sched_process_exec(filename, pid, old_pid)' \
	--probe 'tracepoint:sched:sched_process_fork(parent_comm, parent_pid, child_comm, child_pid)' \
	--probe 'rawtp:sched_process_exec($1)' \
	--format json -o t.json --stats=t.stats -- bash -c 'for i in 1 2 3 4 5; do perl -e 1; /bin/true; done; exit'
untraced
is "values: status ($(cat err))" "$status" 0
exact values t.stats
first=$(hits sched:sched_process_exec '.args.pid' t.json | head -n 1)
hits sched:sched_process_exec '"filename=\(.args.filename) pid=\(.args.pid) old_pid=\(.args.old_pid)"' t.json >mine
grep -o 'sched_process_exec: .*' $log | sed 's/.*exec: //' | sed -n "/ pid=$first /,\$p" >theirs
[ "$(wc -l <mine)" -ge 11 ] || fail "values: $(wc -l <mine) programs"
head -n "$(wc -l <mine)" theirs | diff mine - >diff || fail "values: exec: $(head -c 600 diff)"
is "values: as many hits as rawtp has" "$(wc -l <mine)" "$(hits sched_process_exec .tid t.json | wc -l)"
hits sched:sched_process_fork 'select(.args.parent_comm == "bash") |
	"comm=\(.args.parent_comm) pid=\(.args.parent_pid) child_comm=\(.args.child_comm) child_pid=\(.args.child_pid)"' t.json >mine
grep -o 'sched_process_fork: .*' $log | sed 's/.*fork: //' | grep "^comm=bash pid=$first " >theirs
[ "$(wc -l <mine)" -ge 8 ] || fail "values: $(wc -l <mine) forks"
diff mine theirs >diff || fail "values: fork: $(head -c 600 diff)"

# A tracepoint whose hits count as many for perf: each is recorded once. This runs under the runqueue's lock.
traced sched:sched_stat_runtime
lx -e none --probe 'tracepoint:sched:sched_stat_runtime(pid, runtime)' --format json -o r.json --stats=r.stats \
	-- perl -e 'for (1 .. 40) { select(undef, undef, undef, 0.005) } 1 for 1 .. 3000000'
untraced
is "runtime: status ($(cat err))" "$status" 0
exact runtime r.stats
pid=$(jq -r 'select(.kind == "probe" and .comm == "perl") | .tid' r.json | head -n 1)
# Hits of others are filtered: another task can wake perl.
hits sched:sched_stat_runtime "select(.args.pid == $pid and .tid == $pid) | .args.runtime" r.json >mine
grep -E "^ *perl-$pid .*sched_stat_runtime: .* pid=$pid runtime=[0-9]*" $log | sed 's/.* runtime=//; s/ .*//' >theirs
[ "$(wc -l <mine)" -ge 20 ] || fail "runtime: $(wc -l <mine) hits of perl"
# linxcap begins and ends to record between two of ftrace's lines
grep -A 100000 -x -m 1 "$(head -n 1 mine)" theirs | head -n "$(wc -l <mine)" | diff mine - >diff || fail "runtime: $(head -c 600 diff)"

# Interrupts: the context, and the tests behind "if".
lx -e none --probe 'tracepoint:timer:hrtimer_expire_entry(hrtimer:x)' --probe 'tracepoint:sched:sched_process_exec(pid, old_pid) if pid < 0' \
	--format json -o i.json --stats=i.stats -- perl -e 'select(undef, undef, undef, 0.01) for 1 .. 20'
is "interrupts: status ($(cat err))" "$status" 0
exact interrupts i.stats
[ "$(hits timer:hrtimer_expire_entry 'select(.context == "hardirq" or .context == "softirq") | 1' i.json | wc -l)" -ge 20 ] ||
	fail "interrupts: $(head -n 3 i.json)"
holds "if: filtered" i.stats '.probes[1].selected == 0 and .probes[1].filtered >= 1'

# A system call: without a count of all hits.
lx -e none --probe 'tracepoint:syscalls:sys_enter_mkdir(pathname:str:user, mode)' --format json -o s.json --stats=s.stats \
	-- perl -e 'mkdir "/tmp/nodir/$_", 0700 for 1 .. 30'
is "call: status ($(cat err))" "$status" 0
is "call: paths" "$(hits syscalls:sys_enter_mkdir '.args.pathname' s.json | tr '\n' ' ')" "$(for i in {1..30}; do echo -n "/tmp/nodir/$i "; done)"
sums call s.stats
holds "call: at least" s.stats '.complete == false and .probes[0].at_least'

# What cannot be had is refused.
echo 'p:linx/of_kprobe vfs_open' >$tracing/kprobe_events || fail "kprobe_events"
lx -e none --probe 'tracepoint:linx:of_kprobe(__probe_ip)' -- true
is "kprobe event: status" "$status" 1
has "kprobe event" err 'it cannot be probed'
echo >$tracing/kprobe_events
lx -e none --probe 'tracepoint:sched:no_such(pid)' -- true
is "absent: status" "$status" 1

# A module's tracepoint, and hits inside the making of a record of the same tracepoint.
insmod "$JOB/probed.ko" nested=10 || fail "insmod"
background -e none --probe 'tracepoint:probed:linx_event(n, last, text)' --probe 'rawtp:probed:linx_event($1:s32)' --format json -o n.json --stats=n.stats
echo 100 >$parameters/calls
! rmmod probed 2>rm.err || fail "the module of a tracepoint that is recorded was unloaded"
kill -INT "$pid"
ended
is "nested: status ($(cat err))" "$status" 0
sums nested n.stats
is "nested: hits" "$(hits probed:linx_event 'select(.args.last) | "\(.args.n) \(.args.text)"' n.json | tr '\n' ' ')" "$(for i in {0..99}; do echo -n "$i n$i "; done)"
holds "nested: missed" n.stats '.probes[0].selected == 100 and .probes[0].missed == 10 and .probes[0].at_least'
holds "nested: all" n.stats '.probes[1].selected == 110 and .complete == false'
echo 0 >$parameters/nested

# A CPU goes, and comes back.
background -e none --probe 'tracepoint:probed:linx_event(n, last)' --format json -o c.json --stats=c.stats
echo 0 >/sys/devices/system/cpu/cpu2/online || fail "offline"
echo 20 >$parameters/calls
echo 1 >/sys/devices/system/cpu/cpu2/online || fail "online"
on_cpu2() {
	: >c.json
	taskset -c 2 sh -c "echo 7 >$parameters/calls"
	sleep 0.3
	grep -q '"cpu":2' c.json
}
soon on_cpu2
kill -INT "$pid"
ended
is "CPU: status ($(cat err))" "$status" 0
sums CPU c.stats
holds "CPU: hits" c.stats '(.probes[0] | .selected + .missed - 20) % 7 == 0 and .probes[0].selected >= 27'
rmmod probed || fail "rmmod after the recording"

[ -e /sys/kernel/btf/vmlinux ] && [ "$(uname -r | cut -d . -f 1)" != 5 ] || exit 0

# A program of eBPF at the same tracepoint takes the records from perf: these hits are counted.
background --engine bpf -e none --probe 'tracepoint:sched:sched_process_exec(filename, pid)' --format json -o b.json --stats=b.stats
lx -e none --probe 'tracepoint:sched:sched_process_exec(filename, pid)' --format json -o k.json --stats=k.stats -- bash -c 'for i in 1 2 3; do /bin/true; done; exit'
is "taken: status ($(cat err))" "$status" 0
kill -INT "$pid"
ended
is "taken: status of bpf ($(cat err))" "$status" 0
sums taken k.stats
holds "taken: counted" k.stats '.probes[0].selected + .probes[0].missed >= 4 and .complete == false and .probes[0].at_least'

# The same program is recorded by both engines, one after the other: the same values, but for the numbers of tasks. Paths
# in files that are mapped may be in memory for one of the two runs alone, so only the path on the program's heap counts.
script='open(F, ">", "/tmp/made"); kill 0, $$; for (1 .. 5) { system("/bin/true") } kill "USR1", $$; sleep 1'
probes=(--probe 'tracepoint:sched:sched_process_exec(filename)' --probe 'tracepoint:signal:signal_generate(sig, errno, code, comm, group, result)'
	--probe 'tracepoint:syscalls:sys_enter_openat(filename:str:user, flags, mode)' --probe 'tracepoint:task:task_rename(oldcomm, newcomm, oom_score_adj)')
for engine in kmod bpf; do
	lx --engine $engine -e none "${probes[@]}" --format json -o $engine.json -- perl -e "\$SIG{USR1} = sub {}; $script"
	is "same: status of $engine ($(cat err))" "$status" 0
	jq -cS 'select(.kind == "probe" and (.comm == "perl" or .comm == "true")) |
		select(.probe != "syscalls:sys_enter_openat" or .args.filename == "/tmp/made") | [.probe, .comm, .args]' $engine.json >$engine.same
done
[ "$(wc -l <kmod.same)" -gt 10 ] || fail "same: the module has $(wc -l <kmod.same) hits"
has "same: the call" kmod.same 'sys_enter_openat.*/tmp/made'
diff kmod.same bpf.same >diff || fail "same: $(head -c 1500 diff)"
