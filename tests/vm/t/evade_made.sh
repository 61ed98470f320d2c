#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs without privileges that count their own calls make them at the end of a process, in children of every kind,
# under a number that no call has, through tracers and filters. Both engines have each call of each program, or have
# counted it as lost: with rings that hold all calls, and with rings that are too small.
# full
# kernels: 6.1 6.12 7.2
# timeout: 900
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
chmod 1777 /tmp
programs="ends vforks leaders clones returns traced dispatched answered"
calls=getppid,getpgid,getsid,pwrite64

# run_all ROUNDS: runs the programs, each as a user of its own.
run_all() {
	local user=3000 what
	for what in $programs; do
		user=$((user + 1))
		setpriv --reuid $user --regid $user --clear-groups evade_made "$what" "$1" >"made.$user" || fail "$what: status $?"
		[ -s "made.$user" ] || [ "$what" = dispatched ] || fail "$what made no calls"
	done
}

# recorded FILE: prints user, call and number of the counted returns in a capture. A pwrite64 counts if its result is 1:
# by such calls the program "ends" appends bytes.
recorded() {
	linxcap -q -r "$1" --format json |
		jq -r 'select(.dir == "exit" and .uid > 3000 and ((.syscall | IN("getppid", "getpgid", "getsid", "syscall_-1")) or
			(.syscall == "pwrite64" and .ret == 1))) | "\(.uid) \(.syscall)"' |
		sort | uniq -c | awk '{ print $2, $3, $1 }'
}

# compare ENGINE SIZE: compares what the programs made with the capture ENGINE.cap and the account ENGINE.s. Losses are
# counted only by call: if there are any, the programs are compared together.
compare() {
	local name="$1, rings of $2" lost skipped made got
	accounts "$name" "$1.s"
	skipped=$(jq '.skipped // 0' "$1.s")
	recorded "$1.cap" >"$1.got"
	for made in made.*; do sed "s/^/${made#made.} /" "$made"; done | sort >made
	[ "$2" = 128k ] || [ "$skipped" != 0 ] || cmp -s made "$1.got" || fail "$name: $(diff made "$1.got")"
	for call in ${calls//,/ }; do
		made=$(awk -v c="$call" '$2 == c { n += $3 } END { print n + 0 }' made)
		got=$(awk -v c="$call" '$2 == c { n += $3 } END { print n + 0 }' "$1.got")
		lost=$(jq --arg c "$call" '.calls[$c].lost // 0' "$1.s")
		echo "$name: $call: made $made, recorded $got, lost $lost, skipped $skipped"
		[ "$got" -le "$made" ] || fail "$name: $call: recorded $got of $made"
		[ $((got + lost + skipped)) -ge "$made" ] || fail "$name: $call: made $made, recorded $got, lost $lost, skipped $skipped"
	done
}

# both SIZE ROUNDS OPTION...: records the programs with both engines at the same time.
both() { # SIZE ROUNDS OPTION...
	local size=$1 rounds=$2
	shift 2
	lx -q --engine kmod --buffer "$size" --stats=kmod.s -w kmod.cap "$@" -- \
		linxcap -q --engine bpf --buffer "$size" --stats=bpf.s -w bpf.cap "$@" -- bash -c "run_all $rounds"
	is "rings of $size: status ($(cat out err))" "$status" 0
	compare kmod "$size"
	compare bpf "$size"
}

export programs
export -f run_all fail
both 16M 30 -e trace=all
both 128k 60 -e trace=$calls
