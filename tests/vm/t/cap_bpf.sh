#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf on a machine without the module: every call is counted, even where a buffer overflows, and unsupported
# options are refused in one line.
# full
# timeout: 400
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"

cannot() { # NAME PATTERN OPTION...
	local name=$1 pattern=$2
	shift 2
	refused "$name" 1 "engine bpf: .*$pattern" --engine bpf "$@" -- true
}

cannot "throttle" 'no task wait' --mode throttle

# made NAME CALL NUMBER: expects that each of the NUMBER calls is counted as selected; or as skipped, if the kernel did
# not run the eBPF program because a preempted task was in the middle of the same program.
made() { # NAME CALL NUMBER
	local selected skipped
	selected=$(jq -r --arg n "$2" '.calls[$n].selected // 0' s)
	skipped=$(jq -r '.skipped // 0' s)
	echo "$1: $selected of $3 calls selected, $skipped runs skipped"
	[ "$selected" -le "$3" ] && [ "$3" -le $((selected + skipped)) ] || fail "$1: $selected selected and $skipped skipped of $3 calls"
}

# durations NAME OPTION...: expects each call's duration to lie between the program's own measure and the time of the
# whole run.
durations() { # NAME OPTION...
	local name=$1
	shift
	lx -q --engine bpf --format json -o d.json -e trace=clock_nanosleep,nanosleep,pause,getppid "$@" -- bash -c 'sleep 0.3; sleep 0.1'
	is "$name: status ($(cat err))" "$status" 0
}
durations "durations" -T
is "durations: all known" "$(count d.json '.dir == "exit" and .duration_ns == null')" 0
slept=$(jq -c 'select(.syscall == "clock_nanosleep") | .duration_ns' d.json | xargs)
echo "slept: $slept"
is "durations: sleeps ($slept)" "$(jq -c 'select(.syscall == "clock_nanosleep") | .duration_ns' d.json | jq -sc '.[0] >= 3e8 and .[1] >= 1e8 and add < 5e9')" true
durations "minimum" --min-duration 290ms
is "minimum: only the longer one" "$(count d.json '.duration_ns != null and .duration_ns < 29e7') $(jq -sc '[.[] | select(.duration_ns >= 3e8)] | length > 0' d.json)" "0 true"

# The CPU time of a call is nearly zero if the call sleeps, and nearly its duration if the call uses the CPU throughout.
lx --engine bpf -c -o c.txt -- bash -c 'sleep 0.5; head -c 300M /dev/zero >/dev/null'
is "CPU times: status ($(cat err))" "$status" 0
awk '$NF == "clock_nanosleep" { slept = $2 } $NF == "read" { read = $2 } END { exit !(slept < 0.05 && read > slept) }' c.txt ||
	fail "CPU times: $(cat c.txt)"

# resolved NAME COMMAND...: expects that the records name the same opened files and connected peers as the command,
# which prints its files from /proc/self/fd and its peers from getpeername(2).
resolved() { # NAME COMMAND...
	local name=$1
	shift
	lx -q --engine bpf --format json -o r.json -e trace=openat,connect -- "$@"
	is "$name: status ($(cat err))" "$status" 0
	jq -r 'select(.opened) | "opened \(.opened)"' r.json | grep -v '^opened /proc/[0-9]*/fd$' >opened
	grep '^opened' out | diff - opened >diff || fail "$name: files: $(head -n 20 diff)"
	jq -r 'select(.connected) | .connected | "connected \(.family.text) " +
		if .peer then "\(.local.addr) \(.local.port) \(.peer.addr) \(.peer.port)" else "\(.peer_inode)" end' r.json >connected
	grep '^connected' out | diff - connected >diff || fail "$name: sockets: $(head -n 20 diff)"
}
ip link set lo up 2>/dev/null || busybox ifconfig lo up
resolved "resolved" cap_resolved

# Two processes make 20,000 calls each; their 40 children make none of these calls.
lx --engine bpf -e trace=getppid -w a.cap --stats=s -- cap_storm 2 20000 20
is "counting: status ($(cat err))" "$status" 0
accounts "counting" s
made "counting" getppid 40000
holds "counting: no call that nobody made" s '[.calls | keys[] | select(startswith("x32:"))] == []'

# The counts include calls that sampling or a budget leaves out, but no calls for which the kernel skipped the eBPF
# program.
lx --engine bpf --sample 1/10 --stats=s.stats -w a.cap -- cap_storm 4 5000 20
is "sample: status ($(cat err))" "$status" 0
accounts "sample" s.stats
holds "sample: each call was taken or left out" s.stats '(.skipped // 0) as $k | .calls.getppid | .selected + .sampled | . <= 20000 and . + $k >= 20000'
holds "sample: one of ten was taken" s.stats '.calls.getppid | .selected * 9 <= .sampled + 36 and .selected * 9 >= .sampled'
holds "sample: programs that start are all there" s.stats '.calls.execve.sampled == 0 and .calls.execve.selected > 0'
holds "sample: all together" s.stats '.sampled == ([.calls[].sampled] | add) and .sampled == ([.cpus[].sampled] | add)'
lx --engine bpf --budget 400 --format json -o b.json --stats=b.stats -- cap_storm 4 5000 20
is "budget: status ($(cat err))" "$status" 0
accounts "budget" b.stats
holds "budget: calls were lost to it, and to nothing else" b.stats '.lost.budget > 5000 and ([.lost[]] | add) == .lost.budget'
holds "budget: programs that start are all there" b.stats '.calls.execve.lost == 0 and .calls.execve.selected > 0'
is "budget: those recorded are there" "$(count b.json '.kind == "syscall" and .syscall == "getppid"')" "$(jq .calls.getppid.committed b.stats)"
is "budget: steps are reported" "$(($(count b.json '.kind == "budget" and .syscall == "getppid" and .to == "counts"') > 0))" 1
lx --engine bpf --budget 400 --priority getppid --stats=p.stats -w a.cap -- cap_storm 4 5000 20
accounts "priority" p.stats
holds "priority: what has it is no part of the budget" p.stats '.calls.getppid | .lost == 0 and .committed > 10000'

# The reader is stopped while the calls are made, so that the ring overflows.
background --engine bpf --buffer 128K -e trace=getppid -w a.cap --stats=s
unread cap_storm 4 100000
kill -INT "$pid"
ended
is "overflow: status ($(cat err))" "$status" 0
accounts "overflow" s
made "overflow" getppid 400000
holds "overflow: something was lost" s '.lost.full > 0'
