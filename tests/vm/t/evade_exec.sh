#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Execs in which the path does not show the program's content or place: programs in memory, deleted ones, by descriptor,
# scripts, links, from a thread; and very many execs in a row. Each has a record of what was really executed.
# full
# timeout: 150
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
helper=/job/prog/dev_helper

# exec_of NAME CONDITION: expects that the exec record of program NAME satisfies the condition.
exec_of() {
	local pid
	pid=$(awk -v n="$1" '$1 == n { print $2 }' out)
	[ -n "$pid" ] || fail "$1 did not run: $(cat out err)"
	is "$1: execs" "$(count e.json ".kind == \"exec\" and .pid == $pid")" 1
	jq -c "select(.kind == \"exec\" and .pid == $pid)" e.json >one
	holds "$1: its command line" one ".argv[-1] == \"7\""
	holds "$1" one "$2"
}

# exe CONDITION: prints a condition on the executable's path, or "true" on kernels where paths are not recorded.
exe() { if has_paths; then echo "(.exe | $1)"; else echo true; fi; }

echo 4 >/proc/sys/vm/nr_hugepages
lx --format json --stats=stats -o e.json -- cap_evade exec
is "status ($(cat err))" "$status" 0
everything exec stats
helped=$(exe ". == \"$helper\"")
exec_of memfd ".memfd == true and $(exe 'startswith("/memfd:innocent")')"
exec_of huge-memfd ".memfd == true and $(exe 'startswith("/memfd:innocent")')"
exec_of deleted ".deleted == true and $(exe 'startswith("/tmp/deleted")')"
exec_of at-directory "$helped"
exec_of script "$helped and .filename == \"/tmp/first\" and .interp == \"$helper\" and .argv[2] == \"/tmp/first\""
exec_of script-of-script "$helped and .filename == \"/tmp/second\""
exec_of link "$helped and .filename == \"/tmp/harmless\""
exec_of by-thread "$helped and .old_tid != .pid"

lx --format json --stats=stats -o e.json -- cap_evade vforks 200
is "vforks: status ($(cat err))" "$status" 0
everything vforks stats
jq -r 'select(.kind == "exec" and .argv[0] == "storm") | "vfork \(.pid) \(.argv[3])"' e.json | sort >got
sort out | cmp -s - got || fail "vforks: $(diff out got | head -n 5)"
is "vforks: forks that share memory" "$(jq -r 'select(.kind == "fork" and .vm_shared) | "vfork \(.child_pid)"' e.json | sort -u | grep -cFf - out)" 200
