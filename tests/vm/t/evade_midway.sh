#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A tracer changes the number of its tracee's fork and exec while they are under way, so that they return as another
# call: that number is recorded for their returns, and no return is missing. The forks and the exec themselves are
# recorded as what they are, and the exec's entry, in both engines.
# full
# kernels: 6.1 6.12 7.2
# timeout: 400
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
N=20

# recorded ENGINE: compares what ENGINE recorded with what the program has done.
recorded() {
	local tracee
	linxcap --engine "$1" -q -e trace=all --format json --stats="$1.stats" -o "$1.json" -- evade_midway $N >out 2>err
	is "$1: status ($(cat err))" $? 0
	everything "$1" "$1.stats"
	tracee=$(sed -n 's/^exec //p' out)
	is "$1: children" "$(grep -c '^fork' out)" $N
	is "$1: forks" "$(jq -r --argjson t "$tracee" 'select(.kind == "fork" and .pid == $t) | "fork \(.child_pid)"' "$1.json")" "$(grep '^fork' out)"
	is "$1: exec" "$(jq -r --argjson t "$tracee" 'select(.kind == "exec" and .pid == $t) | "\(.argv[0])"' "$1.json")" midway
	is "$1: the exec's entry" "$(jq -r --argjson t "$tracee" 'select(.syscall == "execve" and .pid == $t) | .dir' "$1.json")" enter
	is "$1: returns" "$(jq -r --argjson t "$tracee" 'select(.syscall == "getppid" and .pid == $t and .dir == "exit") | .ret' "$1.json")" \
		"$(sed -n 's/^fork //p' out; echo 0)"
}

recorded kmod
rmmod linx || fail "rmmod"
recorded bpf
