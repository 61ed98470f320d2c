#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Engine bpf: functions and a tracepoint that interrupts and softirqs call, a hundred thousand times in a second, on a CPU
# whose calls are recorded all the time. Each hit is in the file, in its order, or counted: as lost, under 0.01 % of them
# as nested, or by the kernel as missed, and then the account says "at least". Signals that interrupts and softirqs send are
# recorded likewise. Operations of io_uring that interrupts end are reported by the kernel in tasks, so that none is lost.
# full
# with: probed
# timeout: 900
. "$JOB/guest/cap.sh"

[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel does not describe its types (BTF)"
[ "$(uname -r | cut -d . -f 1)" != 5 ] || skip "the engine bpf has probes from Linux 5.17 on"
cd /tmp || exit 1
insmod "$JOB/probed.ko" || fail "insmod"
HITS=40000
made=/sys/module/probed/parameters/made
newer() { [ "$(printf '%s\n%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]; }
tracepoint='rawtp:sched_overutilized_tp(rd:u64)'

all_made() {
	local n
	IFS=, read -r -a n <$made
	[ $((n[1] + n[2])) -ge $HITS ]
}

# record NAME TRACED OPTIONS...: records a storm of calls and of hits, as NAME.cap and NAME.stats.
record() {
	local name=$1 storm
	echo "$2" >/sys/module/probed/parameters/traced
	shift 2
	background --engine bpf --buffer 64M "$@" -w "$name.cap" --stats="$name.stats"
	taskset -c 1 perl -e '1 while getppid' &
	storm=$!
	echo $HITS >/sys/module/probed/parameters/storm
	soon all_made
	kill "$storm"
	kill -INT "$pid"
	ended
	is "$name: status ($(cat err))" "$status" 0
	holds "$name: sum" "$name.stats" '.probes[0] | .selected == .committed + ([.lost[]?] | add // 0)'
	holds "$name: under 0.01 % are lost as nested" "$name.stats" ".probes[0].lost.nested // 0 | . * 10000 < $HITS / 2"
	holds "$name: none is lost for want of room" "$name.stats" '.probes[0].lost.full // 0 | . == 0'
	if jq -e '.probes[0].at_least' "$name.stats" >/dev/null; then
		has "$name: text" err ': at least [0-9]+ selected'
		has "$name: verdict" err 'INCOMPLETE: '
		holds "$name: not complete" "$name.stats" '.complete == false'
	else
		lacks "$name: text" err 'at least|INCOMPLETE'
		holds "$name: complete" "$name.stats" '.complete and .probes[0].missed == 0'
	fi
	jq -c '{complete, probe: .probes[0], calls: .calls.getppid.selected, lost}' "$name.stats" | sed "s/^/# $name: /"
}

# whole NAME CONTEXT PROBE: each hit is in the file, with its context and in its order.
whole() {
	lx -r "$1.cap" --format json -o "$1.json" "probe.name = $3"
	is "$1: reading ($(cat err))" "$status" 0
	grep '"kind":"probe"' "$1.json" >"$1.hits"
	is "$1: hits in the file" "$(wc -l <"$1.hits")" "$(jq '.probes[0].committed' "$1.stats")"
	is "$1: contexts" "$(jq -r .context "$1.hits" | sort -u)" "$2"
	jq -c '.args | to_entries[0].value' "$1.hits" | sort -n -c -u 2>err || fail "$1: the order: $(cat err)"
	holds "$1: each hit is accounted for" "$1.stats" ".probes[0] | .selected + (.missed // 0) == $HITS / 2"
}

# exact NAME: the kernel has missed none, and the account says so.
exact() { holds "$1: complete" "$1.stats" '.probes[0] | (.missed // 0) == 0 and (.at_least | not)'; }

# The kernel runs one program of a kprobe or perf event on a CPU at a time. From Linux 7.0 on programs of calls are at
# perf events, and the kernel counts hits of functions on top of them as missed.
functions() {
	local context=$1 function=$2
	record "$function" 0 -e trace=getppid --probe "kprobe:probed:$function(\$1)"
	whole "$function" "$context" "probed:$function"
	if newer 7.0; then
		holds "$function: at least" "$function.stats" '.probes[0] | (.missed > 0) == .at_least'
	elif newer 6.7; then
		exact "$function"
	fi
}

record hardirqs 1 -e trace=getppid --probe "$tracepoint"
whole hardirqs hardirq sched_overutilized_tp
exact hardirqs
record softirqs 2 -e trace=getppid --probe "$tracepoint"
whole softirqs softirq sched_overutilized_tp
exact softirqs
functions hardirq linx_probed_interrupt
functions softirq linx_probed_softirq

# Signals: as many as hits, to a process that ignores them, but 20,000 a second: sending one takes longer than a hit, and a
# side ring has room for 510. A run of the program that the kernel skips, as in an interrupt on top of a softirq that sends
# a signal, is counted.
echo 10 >/sys/module/probed/parameters/burst
sleep 1000 &
sleeper=$!
echo $sleeper >/sys/module/probed/parameters/receiver
background --engine bpf --buffer 64M -e trace=getppid -w signals.cap --stats=signals.stats
taskset -c 1 perl -e '1 while getppid' &
storm=$!
echo $HITS >/sys/module/probed/parameters/storm
soon all_made
kill "$storm"
kill -INT "$pid"
ended
is "signals: status ($(cat err))" "$status" 0
jq -c '{complete, skipped, calls: .calls.getppid.selected, selected, committed, lost}' signals.stats | sed 's/^/# signals: /'
accounts signals signals.stats
holds "signals: under 0.01 % are lost as nested" signals.stats ".lost.nested // 0 | . * 10000 < $HITS"
holds "signals: beside a storm of calls" signals.stats '.calls.getppid.selected > 1000'
lx -r signals.cap --format json -o signals.json "proc.pid = $sleeper"
is "signals: reading ($(cat err))" "$status" 0
for signal in SIGURG SIGWINCH; do
	n=$(count signals.json ".kind == \"signal\" and .signal == \"$signal\" and .action == \"ignored\"")
	skipped=$(jq '.skipped // 0' signals.stats)
	[ "$n" -le $((HITS / 2)) ] && [ $((n + skipped)) -ge $((HITS / 2)) ] ||
		fail "signals: $n records of $signal, not $((HITS / 2)) without $skipped at most"
done
echo 0 >/sys/module/probed/parameters/receiver
kill $sleeper
rmmod probed

# io_uring: timeouts and receives.
ip link set lo up 2>/dev/null || busybox ifconfig lo up
background --engine bpf --buffer 64M -e trace=getppid,recvfrom,io_uring_enter --probe 'rawtp:io_uring_complete()' -w ring.cap --stats=ring.stats
taskset -c 1 perl -e '1 while getppid' &
storm=$!
taskset -c 1 cap_uring interrupted >ends || fail "cap_uring"
kill "$storm"
kill -INT "$pid"
ended
is "io_uring: status ($(cat err))" "$status" 0
jq -c '{complete, skipped, probe: .probes[0], calls: .calls.getppid.selected, lost}' ring.stats | sed 's/^/# io_uring: /'
is "io_uring: ends" "$(cat ends)" "300 300"
accounts io_uring ring.stats
holds "io_uring: nothing is lost" ring.stats '(.lost | add // 0) == 0 and .calls.getppid.selected > 1000'
lx -r ring.cap --format json -o ring.json 'linx.flags contains "io_uring" or probe.name = io_uring_complete'
is "io_uring: reading ($(cat err))" "$status" 0
is "io_uring: contexts" "$(jq -r 'select(.kind == "probe") | .context' ring.json | sort | uniq -c | tr -s ' ')" " 600 task"
is "io_uring: receives" "$(count ring.json '.io_uring? and .syscall == "recvfrom" and .dir == "exit" and .ret == 1')" 300
is "io_uring: timeouts" "$(count ring.json '.io_uring? and .syscall == "io_uring_enter" and .dir == "exit" and .ret == -62')" 300
