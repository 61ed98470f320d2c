#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The flight recorder of the engine bpf holds the newest records and counts each older one as overwritten. A dumped half
# stays whole, also while programs run and with records that are split into pieces.
# full
# timeout: 900
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"
check="python3 -I $JOB/guest/check_json.py"

# proves NAME: expects that the lines of a.json agree with the certificate, the totals at the end of a.json, and that no
# line in between is missing.
proves() {
	$check a.json >sums 2>why || fail "$1: $(head -c 1000 why)"
	echo "# $1: $(cat sums)"
}

# newest NAME: expects that the statistics in the file s count each call as recorded or as skipped, and that more of the
# recorded calls were overwritten than delivered.
newest() {
	accounts "$1" s
	holds "$1: nothing was lost" s '([.lost[]] | add) == 0'
	holds "$1: the oldest are gone" s '.overwritten > .delivered'
}

# One process on one CPU: the dump has its last calls without a gap, and its end.
lx -q --engine bpf --mode recorder --buffer 256K -e trace=getppid --format json -o a.json --stats=s -- taskset 1 cap_storm 1 40000
is "newest: status ($(cat err))" "$status" 0
newest "newest"
proves "newest"
holds "newest: all calls" s '(.skipped // 0) as $k | .calls.getppid.selected | . <= 40000 and . + $k >= 40000'
calls=$(count a.json '.syscall == "getppid"')
echo "newest: $calls calls are there"
# A record has 40 bytes. Each half of the ring has 131072 bytes, and a part of the oldest records is already cleared to
# make room for new ones; so the dump has fewer than 131072 / 40 calls.
[ "$calls" -gt 1900 ] && [ "$calls" -lt 3300 ] || fail "newest: $calls calls"
# The process's context is in the dump only once: it is recorded again at the process's end, and the earlier record was
# overwritten.
is "newest: who made them" "$(jq -r 'select(.syscall == "getppid") | .comm // empty' a.json | sort -u)" cap_storm
has "newest: its end" a.json '"kind":"exit"'

# Durations, descriptors, and records in pieces: the arguments of 180 KB exceed a half of the ring.
long=$(printf 'x%.0s' {1..30000})
many() {
	local i
	for ((i = 0; i < ${1:-40}; i++)); do
		busybox true "$2" "$2" "$2"
		busybox true "$2" "$2" "$2" "$2" "$2" "$2"
		busybox ls / >/dev/null
		/nowhere "$2" 2>/dev/null
	done
}
export -f many
export long
lx -q --engine bpf --mode recorder --buffer 256K -v -T -yy --format json -o a.json --stats=s -- bash -c 'many 20 "$long"; true'
is "pieces: status ($(cat err))" "$status" 0
newest "pieces"
proves "pieces"

# Takes dumps with every option while programs run: their lines have no gap and are in order.
all="-T -yy --http --fds"
[[ $(uname -r) != 5.* ]] || all="-T -yy --http"
# shellcheck disable=SC2086 # words
linxcap -q --engine bpf --mode recorder --buffer 256K $all --format json -o a.json --stats=s >out 2>err &
pid=$!
# Linux 5.10 verifies the programs for more than a minute in slow guests.
until recording "$pid"; do
	kill -0 "$pid" || fail "dumps: $(cat err)"
	busybox sleep 1
done
cap_storm 2 0 &
storm=$!
bash -c 'while :; do many 1 "$long"; done' &
execs=$!
is "dumps: silent before the signal" "$(count a.json '.kind == "syscall"')" 0
dumped() { [ "$(grep -c '"kind":"syscall"' a.json)" -gt "$lines" ]; }
for _ in {1..5}; do
	lines=$(grep -c '"kind":"syscall"' a.json)
	kill -USR1 "$pid"
	soon dumped
	busybox sleep 0.2
done
kill -INT "$pid"
ended
kill "$storm" "$execs"
killall cap_storm
is "dumps: status ($(cat err))" "$status" 0
newest "dumps"
proves "dumps"

refused "a small ring" 2 'buffer size 131072: not a power of two between 262144' --engine bpf --mode recorder --buffer 128K -- true
