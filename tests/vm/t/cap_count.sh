#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernel counts calls by name, and writes no record: linxcap stat --by type. Its counts are those of -c and those of
# the program, also of 32-bit calls, with filters, and beside another recording. Settings with which single events
# matter read events as before. t/cap_bpf_count counts with the engine bpf.
# quick
# timeout: 120
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
n=1000
both=(cap_count $n "$(command -v cap_count.$narrow)" $n) # a program of each ABI, one after the other
names="getppid,close,dup,prctl,wait4,waitpid,execve,exit_group"

# Prints the counts of calls by name, sorted, from CSV on standard input.
sorted() { tr -d '\r' | grep -E '^[a-z_0-9]+,[0-9]+$' | sort || true; }

# Writes the numbers of a command's calls, as counted by the kernel, to the file "counted". The kernel may not have
# written a record for these calls.
by_kernel() { # ENGINE OPTION... -- COMMAND...
	local engine=$1
	shift
	linxcap stat --engine "$engine" --by type --columns count --format csv --stats=s -e "trace=$names" "$@" >k.csv 2>err ||
		fail "stat: $(cat err)"
	holds "$engine: no record" s '.selected == 0 and .committed == 0 and (.lost | add) == 0'
	holds "$engine: complete" s '.complete'
	sorted <k.csv >counted
}

# Writes lines "name,number" with the numbers of the program's calls to the file "events". They come from the recording
# a.cap, which -c shows as a table for each ABI.
by_events() {
	lx -c -r a.cap -e "trace=$names" "linx.comm in (cap_count, cap_count.$narrow, renamed)"
	is "-c: status ($(cat err))" "$status" 0
	awk '$4 + 0 > 0 && NF >= 5 && $NF != "total" { n[$NF] += $4 } END { for (name in n) print name "," n[name] }' out | sort >events
}

engine=${engine:-kmod}
[ $engine = kmod ] || rmmod linx || fail "rmmod"

# Each start of eBPF programs takes half a minute in a guest, so each start tests several things.
background --engine $engine -e "trace=$names" -w a.cap --stats=w

# The kernel counts the calls while the session in the background records them.
by_kernel $engine -- "${both[@]}"
kill -INT "$pid"
ended
everything "$engine: the recording" w
by_events
diff events counted >diff || fail "$engine: events (<) and counts (>) differ: $(cat diff)"
is "$engine: getppid" "$(grep '^getppid,' counted)" "getppid,$((2 * n))"
is "$engine: close" "$(grep '^close,' counted)" "close,$((4 * n + 2))"
is "$engine: dup" "$(grep '^dup,' counted)" "dup,$((2 * n))"

# The next counts are made without a list of processes: only of failed calls, and only under the name that the program
# gives itself.
linxcap stat --engine $engine --by type --columns count --format csv -e "trace=$names" -e status=failed --comm renamed >k.csv 2>err &
counting=$!
soon recording $counting
"${both[@]}"
kill -INT $counting && wait $counting
is "$engine: filters of the kernel ($(cat err))" "$(sorted <k.csv)" "close,$((2 * n))"

# With a condition that only the library can evaluate, the kernel does not count: calls are recorded and read as events.
linxcap stat --engine $engine --by type --columns count --format csv --stats=s -e trace=getppid,close 'linx.errno = 9' \
	-- cap_count $n >k.csv 2>err || fail "stat: $(cat err)"
is "$engine: FILTER ($(cat err))" "$(sorted <k.csv)" "close,$((n + 1))"
holds "$engine: FILTER reads events" s '.selected > 0'
