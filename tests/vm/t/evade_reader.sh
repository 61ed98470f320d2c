#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Attacks on the reader: a flood that should hide one exec, a stopped reader, a killed one. Losses are reported with
# their cause. A command line in memory that never becomes present blocks no reader.
# full
# timeout: 200
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
sum='[.[] | select(.kind == "gap") | .lost[]] | add // 0'

# Calls fill the ring faster than the reader reads, but the exec has a reserved share of the ring.
flood() {
	background --buffer 256k --format json --stats=stats -o f.json
	unread cap_evade flood 20000 >needle
	sleep 1
	kill -INT "$pid"
	ended
	is "flood: status ($(cat err))" "$status" 0
	accounts flood stats
	holds "flood: calls were lost" stats '.lost.full > 0'
	needle=$(cut -d ' ' -f 2 needle)
	is "the exec is there ($(jq -c '[.lost, .lost_context]' stats))" \
		"$(jq -c "select(.kind == \"exec\" and .pid == $needle) | .argv" f.json)" '["needle","exit","7"]'
	is "its end too" "$(count f.json ".kind == \"exit\" and .pid == $needle and .exit_code == 7")" 1
	is "gaps report the loss" "$(jq -s "$sum" f.json)" "$(jq '[.lost[]] | add' stats)"
	is "gaps report the cause" "$(jq -rs '[.[] | select(.kind == "gap") | .lost | keys[]] | unique | join(" ")' f.json)" full
}

# written COUNT: succeeds if COUNT programs of the storm are in the capture file.
written() {
	[ "$(linxcap -q -r k.cap --format json 2>/dev/null | jq -c 'select(.kind == "exec" and .argv[0] == "storm")' | wc -l)" = "$1" ]
}

# A recording whose reader is killed ends there and reports that; another recording is not affected.
killed() {
	linxcap --format json --stats=other -o other.json -e trace=execve -- sleep 6 2>/dev/null &
	other=$!
	background -w k.cap
	cap_evade vforks 20 >/dev/null
	soon written 20 # without anybody stopping it
	kill -KILL "$pid"
	ended
	is "killed: status" "$status" 137
	soon sh -c '! lsmod | grep -q "^linx .* 2 "' || true
	cap_evade vforks 5 >/dev/null
	linxcap -r k.cap --format json >k.json 2>err || true
	is "what was read before is there" "$(count k.json '.kind == "exec" and .argv[0] == "storm"')" 20
	is "it is cut off" "$(count k.json '.kind == "certificate" and .cut_off')" 1
	wait "$other"
	everything other other
}

stalled() {
	local stall
	[ ! -e "$JOB/fuse.ko" ] || insmod "$JOB/fuse.ko"
	[ -e /dev/fuse ] || { echo "# a command line that never comes: not tried, this kernel has no FUSE" && return; }
	cap_evade stall >stall.out &
	soon grep -q ^stall stall.out
	stall=$(cut -d ' ' -f 2 stall.out)
	lx --format json --stats=stats -o s.json -e trace=getppid -n 10
	is "stalled: status ($(cat err))" "$status" 0
	kill -KILL "$stall"
	accounts stalled stats
	is "the program is described" "$(count s.json ".kind == \"task\" and .pid == $stall")" 1
	is "without its command line" "$(jq -r "select(.kind == \"task\" and .pid == $stall) | .argv.state" s.json)" unreadable
}

flood
killed
stalled
