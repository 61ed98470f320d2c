#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A recording of the whole busy machine is complete, in the order of time, and needs bounded memory.
# full
# timeout: 240
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

work() {
	find / -xdev -type f >/dev/null 2>&1 &
	tar cf - /usr/bin /usr/lib 2>/dev/null | gzip -1 >/dev/null &
	for ((i = 0; i < 40; i++)); do
		echo "line $i" >src.$i
		sed 's/line/object/' src.$i >obj.$i
		cat src.$i obj.$i | md5sum >/dev/null
		rm src.$i
	done
	wait
}

linxcap -w load.cap --buffer 8M --stats=load.stats >out 2>err &
pid=$!
soon recording $pid
(work)
memory=$(awk '/^VmHWM/ { print $2 }' /proc/$pid/status)
kill -INT $pid
ended
is "status ($(cat err))" "$status" 0
everything "under load" load.stats
holds "it was a load" load.stats '.events > 10000'
# the rings that linxcap maps, 2 of 8 MB, may count as its memory
[ "$memory" -lt $((64 * 1024 + 2 * 8 * 1024)) ] || fail "linxcap took $memory KB"

linxcap -q -r load.cap --format json --stats=replay.stats >load.json 2>err || fail "replay: $(cat err)"
is "events replayed" "$(grep -c '^{"kind":"syscall"' load.json)" "$(jq .events replay.stats)"
everything "replay" replay.stats
# Events are in the order of time, except those that are flagged as too late for the merge. If one is not, its line and
# the line before it are printed.
perl -ne '/"time_ns":(\d+)/ or next; if ($1 < $last && !/"flags":\[[^\]]*"out_of_order"/) { print "line $.: ", substr($_, 0, 500), " after ", substr($before, 0, 500); $bad = 1; last } ($last, $before) = ($1, $_); END { exit($bad ? 1 : 0) }' load.json >order ||
	fail "not in the order of time: $(cat order)"
jq -r 'select(.kind == "syscall" and .syscall == "execve" and .ret == 0) | .comm' load.json | sort | uniq -c | sort -rn >execs
has "each sed" execs '^ +40 sed'
has "each rm" execs '^ +40 rm'
has "each md5sum" execs '^ +40 md5sum'
