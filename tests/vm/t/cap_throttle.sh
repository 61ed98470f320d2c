#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A ring far too small for what happens, and programs that wait for the reader:
# nothing is lost, also in a pipeline whose other end is recorded too.
# full
# timeout: 240
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

# NICE: how far the reader stands back. At 19 it has what the storm leaves, on any machine: that is not enough. For
# who throttles it would look like a reader that is gone: nobody waits for that.
storm() { # NICE MODE [OPTION]
	local nice=$1
	shift
	status=0
	nice -n "$nice" linxcap --ahead 0 --mode "$1" ${2:-} --buffer 64K --format json -o "$1.json" --stats="$1.stats" \
		-- nice -n "-$nice" cap_storm 4 5000 20 >out 2>err </dev/null || status=$?
	is "$1: status ($(cat err))" "$status" 0
	accounts "$1" "$1.stats"
}

storm 19 discard
holds "discard: something is lost, else this tests nothing" discard.stats '.lost.full > 100 and .throttled == null'
storm 0 throttle --throttle-cap=1s
holds "throttle: nothing is lost" throttle.stats '([.lost[]] | add // 0) == 0'
holds "throttle: programs waited" throttle.stats '.throttled.waits > 0 and .throttled.ns > 0'
is "throttle: every call is there" "$(count throttle.json '.syscall == "getppid"')" 20000
has "throttle: told at the end" err '^linxcap: programs waited [0-9]+ times for the reader'

# cat is recorded like everybody: it writes what linxcap gives it, and may not wait for linxcap.
set -m # a process group for each pipeline
linxcap --mode throttle --buffer 64K --format json --stats=pipe.stats -e trace=getppid,read,write 2>err | cat >pipe.json &
pipeline=$!
until [ -s pipe.json ]; do sleep 0.1; done
recorder=$(pidof linxcap) # not before: it may not have been executed yet
cap_storm 4 5000 20
kill -INT "$recorder"
wait $pipeline
accounts "pipeline" pipe.stats
holds "pipeline: programs waited" pipe.stats '.throttled.waits > 0'
is "pipeline: every call is there" "$(count pipe.json '.syscall == "getppid" and .comm == "cap_storm"')" \
	"$((20000 - $(jq '.calls.getppid.lost' pipe.stats)))"
