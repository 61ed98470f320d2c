#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rings far too small for the load: lost events are counted exactly, in every place that shows the count.
# full
# timeout: 200
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
sums='[.selected, .committed, .delivered, ([.lost[]] | add // 0)]'

lost_by_gaps() { jq -s '[.[] | select(.kind == "gap") | .lost[]] | add // 0' "$1"; }

# Makes 20,000 getppid calls in bursts, during which the reader reads nothing.
bursts() { # OPTION...
	local i
	background "$@"
	for ((i = 0; i < 5; i++)); do
		unread cap_storm 4 1000 4
		sleep 0.2
	done
	kill -INT "$pid"
	ended
}

gap() { # SIZE
	bursts --buffer "$1" --format json -o g.json --stats=g.stats
	is "$1: status ($(cat err))" "$status" 0
	accounts "$1" g.stats
	holds "$1: something is lost, else this tests nothing" g.stats '([.lost[]] | add // 0) > 100'
	holds "$1: all is accounted for" g.stats '.complete == true'
	holds "$1: per call too" g.stats '(.calls.getppid.selected == 20000) and (.calls.getppid.lost > 0)'
	is "$1: gap events report the losses" "$(lost_by_gaps g.json)" "$(jq '[.lost[]] | add' g.stats)"
	is "$1: getppid in the JSON" "$(count g.json '.syscall == "getppid"')" "$(jq .calls.getppid.delivered g.stats)"
	holds "$1: calls were delivered as committed" g.stats '.calls.getppid | .delivered == .committed'
	is "$1: events in the JSON" "$(count g.json '.kind == "syscall"')" "$(jq .events g.stats)"
	has "$1: reported while it happens, or at the end" err '^linxcap: .*lost'
	has "$1: what to do" err 'buffer'
	is "$1: the certificate says the same" "$(jq -c "select(.kind == \"certificate\") | $sums" g.json)" "$(jq -c "$sums" g.stats)"
}

# Each sequence number of a CPU is in one line, in one gap, or hidden by a filter. The certificate counts the hidden
# ones.
sequence() {
	local hidden
	jq -r 'if .kind == "gap" then select(([.lost[]] | add) > 0) | [.cpu, .first_seq, .last_seq]
		elif .seq != null then [.cpu, .seq, .seq], (select(.entry_seq != null) | [.entry_cpu, .entry_seq, .entry_seq])
		else empty end | @tsv' g.json | sort -k1,1n -k2,2n >seq
	hidden=$(jq 'select(.kind == "certificate") | [.cpus[].hidden[]] | add // 0' g.json)
	awk -F'\t' -v hidden="$hidden" '
	$1 in next_seq { if ($2 < next_seq[$1]) { print "CPU " $1 ": " $2 " twice"; bad = 1 } else missing += $2 - next_seq[$1] }
	{ next_seq[$1] = $3 + 1 }
	END { if (!NR) bad = 1; print NR " ranges, " missing + 0 " missing, " hidden " hidden"; exit bad || missing > hidden }' seq ||
		fail "$1: numbers do not go on over a gap"
}

gap "${smallest:=8K}"
sequence "$smallest"
gap "${small:=16K}"
sequence "$small"
# A capture file has the gap records of the recording as well.
bursts --buffer "$smallest" -w g.cap --stats=g.stats
is "to a file: status" "$status" 0
accounts "to a file" g.stats
holds "to a file: something is lost" g.stats '([.lost[]] | add // 0) > 100'
lx -r g.cap --format json --stats=r.stats
cp out g.json
is "from a file: gap events" "$(lost_by_gaps g.json)" "$(jq '[.lost[]] | add // 0' g.stats)"
is "from a file: the same account" "$(jq -c "$sums" r.stats)" "$(jq -c "$sums" g.stats)"
