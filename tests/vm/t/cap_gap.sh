#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rings far too small for what happens: what is lost is lost, and counted, to
# the last event, wherever one looks.
# full
# timeout: 200
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
sums='[.selected, .committed, .delivered, ([.lost[]] | add // 0)]'

lost_by_gaps() { jq -s '[.[] | select(.kind == "gap") | .lost[]] | add // 0' "$1"; }

gap() { # SIZE
	lx --buffer "$1" --format json -o g.json --stats=g.stats -- cap_storm 4 5000 20
	is "$1: status ($(cat err))" "$status" 0
	accounts "$1" g.stats
	holds "$1: something is lost, else this tests nothing" g.stats '([.lost[]] | add // 0) > 100'
	holds "$1: all is accounted for" g.stats '.complete == true'
	holds "$1: per call too" g.stats '(.calls.getppid.selected == 20000) and (.calls.getppid.lost > 0)'
	is "$1: gap events tell the losses" "$(lost_by_gaps g.json)" "$(jq '[.lost[]] | add' g.stats)"
	is "$1: getppid in the JSON" "$(count g.json '.syscall == "getppid"')" "$(jq .calls.getppid.delivered g.stats)"
	holds "$1: calls were delivered as committed" g.stats '.calls.getppid | .delivered == .committed'
	is "$1: events in the JSON" "$(count g.json '.kind == "syscall"')" "$(jq .events g.stats)"
	has "$1: told while it happens, or at the end" err '^linxcap: .*lost'
	has "$1: what to do" err 'buffer'
	is "$1: the certificate says the same" "$(jq -c "select(.kind == \"certificate\") | $sums" g.json)" "$(jq -c "$sums" g.stats)"
}

# Sequence numbers go on over each gap: per CPU none is missing besides.
sequence() {
	jq -r 'select(.seq != null and .kind != "certificate") | [.cpu, .seq, .kind, ((.lost // {}) | [.[]] | add // 0)] | @tsv' g.json >seq
	awk -F'\t' '
	($1 in next_seq) && $3 == "gap" && $2 != next_seq[$1] + $4 && $2 != next_seq[$1] { print "CPU " $1 ": gap at " $2 " after " next_seq[$1]; exit 1 }
	{ next_seq[$1] = $2 + ($3 == "gap" ? 0 : 1) }' seq || fail "numbers do not go on over a gap"
}

gap "${smallest:=8K}"
gap "${small:-16K}"
sequence
# A file keeps the gaps.
lx --buffer "$smallest" -w g.cap --stats=g.stats -- cap_storm 2 5000
is "to a file: status" "$status" 0
accounts "to a file" g.stats
lx -r g.cap --format json --stats=r.stats
cp out g.json
is "from a file: gap events" "$(lost_by_gaps g.json)" "$(jq '[.lost[]] | add // 0' g.stats)"
is "from a file: the same account" "$(jq -c "$sums" r.stats)" "$(jq -c "$sums" g.stats)"
