#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine of eBPF programs, on a machine without the module: calls that were made are
# counted to the last one, also where a buffer overflows; what it cannot do is refused with a line.
# timeout: 400
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"

cannot() { # NAME PATTERN OPTION...
	local name=$1 pattern=$2
	shift 2
	refused "$name" 1 "engine bpf: .*$pattern" --engine bpf "$@" -- true
}

cannot "durations" 'how long a call took' -T
cannot "descriptors" 'what descriptors refer to' -y
cannot "recorder" 'no flight recorder' --mode recorder

# What was made is selected, or, where the kernel leaves out runs of preempted programs, among the skipped.
made() { # NAME CALL NUMBER
	local selected skipped
	selected=$(jq -r --arg n "$2" '.calls[$n].selected // 0' s)
	skipped=$(jq -r '.skipped // 0' s)
	echo "$1: $selected of $3 calls selected, $skipped runs skipped"
	[ "$selected" -le "$3" ] && [ "$3" -le $((selected + skipped)) ] || fail "$1: $selected selected and $skipped skipped of $3 calls"
}

# Two processes, 20,000 calls each, and 40 children that make none of them.
lx --engine bpf -e trace=getppid -w a.cap --stats=s -- cap_storm 2 20000 20
is "counting: status ($(cat err))" "$status" 0
accounts "counting" s
made "counting" getppid 40000

lx --engine bpf --buffer 128K -e trace=getppid -w a.cap --stats=s -- cap_storm 4 100000
is "overflow: status ($(cat err))" "$status" 0
accounts "overflow" s
made "overflow" getppid 400000
holds "overflow: something was lost" s '.lost.full > 0'
