#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernel counts calls by name, and writes no record: linxcap stat --by type, with the module and with eBPF. Its
# counts are those of -c and those of the program, also of 32-bit calls, with filters, and beside another recording.
# Settings with which single events matter read events as before.
# quick
# timeout: 240
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
n=1000
names="getppid,close,dup,prctl,wait4,waitpid,execve,exit_group"

# Prints the counts of calls by name, sorted, from CSV on standard input.
sorted() { tr -d '\r' | grep -E '^[a-z_0-9]+,[0-9]+$' | sort || true; }

# Leaves the counts of the program by -c in the file events: name,number.
by_events() { # PROGRAM ENGINE
	lx --engine "$2" -c -e "trace=$names" -o c.txt -- "$1" $n
	is "-c: status ($(cat err))" "$status" 0
	awk '$1 + 0 > 0 && NF >= 5 { print $NF "," $4 }' c.txt | grep -v '^total' | sort >events
}

# Leaves the counts of the program by the kernel in the file counted. No record may have been written for them.
by_kernel() { # PROGRAM ENGINE OPTION...
	local program=$1 engine=$2
	shift 2
	linxcap stat --engine "$engine" --by type --columns count --format csv --stats=s -e "trace=$names" "$@" -- "$program" $n >k.csv 2>err ||
		fail "stat: $(cat err)"
	holds "$engine: no record" s '.selected == 0 and .committed == 0 and (.lost | add) == 0'
	holds "$engine: complete" s '.complete'
	sorted <k.csv >counted
}

for engine in kmod bpf; do
	[ $engine = kmod ] || rmmod linx || fail "rmmod"
	for program in cap_count cap_count.$narrow; do
		by_events $program $engine
		by_kernel $program $engine
		diff events counted >diff || fail "$engine: $program: events (<) and counts (>) differ: $(cat diff)"
		is "$engine: getppid" "$(grep '^getppid,' counted)" "getppid,$n"
		is "$engine: close" "$(grep '^close,' counted)" "close,$((2 * n))"
		is "$engine: dup" "$(grep '^dup,' counted)" "dup,$n"
	done

	# filters of the kernel: failed calls alone; the program's name, which changes while it runs
	by_kernel cap_count $engine -e status=failed
	is "$engine: failed" "$(cat counted)" "close,$n"
	by_kernel cap_count $engine --comm renamed
	is "$engine: by name" "$(grep '^getppid,' counted)" "getppid,$n"
	by_kernel cap_count $engine --comm other
	is "$engine: by another name" "$(cat counted)" ""

	# beside a recording, without a list of processes: both see all of the program
	background --engine $engine -e trace=getppid -w a.cap --stats=w
	linxcap stat --engine $engine --by type --columns count --format csv -e trace=getppid >k.csv 2>err &
	counting=$!
	soon recording $counting
	cap_count $n
	cap_count.$narrow $n
	kill -INT $counting && wait $counting
	kill -INT "$pid"
	ended
	is "$engine: beside a recording ($(cat err))" "$(sorted <k.csv)" "getppid,$((2 * n))"
	holds "$engine: the recording" w "[.calls[].committed] | add >= $((2 * n))"

	# a condition that the library evaluates, and columns of values: events are read
	linxcap stat --engine $engine --by type --columns count --format csv --stats=s -e trace=getppid,close -- cap_count $n >/dev/null 2>err || fail "stat: $(cat err)"
	linxcap stat --engine $engine --by type --columns count --format csv --stats=s -e trace=getppid,close 'linx.errno = 9' -- cap_count $n >k.csv 2>err || fail "stat: $(cat err)"
	is "$engine: FILTER ($(cat err))" "$(sorted <k.csv)" "close,$n"
	holds "$engine: FILTER reads events" s '.selected > 0'
done
