#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A ring far too small for the load, and programs that wait for the reader: nothing is lost, even in a pipeline whose
# reading end is recorded, too.
# full
# timeout: 240
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

background --mode discard --buffer 64K -e trace=getppid --format json -o discard.json --stats=discard.stats
unread cap_storm 4 5000 20
kill -INT "$pid"
ended
is "discard: status ($(cat err))" "$status" 0
accounts "discard" discard.stats
holds "discard: something is lost, else this tests nothing" discard.stats '.lost.full > 100 and .throttled == null'

# Calls with 4000 bytes each fill the ring while the reader waits for its turn.
storm='for _ in 1 2 3 4; do perl -e "chdir(qq(x/) x 2000) for 1 .. 500" & done; wait'
calls='.syscall == "chdir" and .comm == "perl"'

lx --ahead 0 --mode throttle --throttle-cap=1s --buffer 64K --format json -o throttle.json --stats=throttle.stats -- sh -c "$storm"
is "throttle: status ($(cat err))" "$status" 0
accounts "throttle" throttle.stats
holds "throttle: nothing is lost" throttle.stats '([.lost[]] | add // 0) == 0'
holds "throttle: programs waited" throttle.stats '.throttled.waits > 0 and .throttled.ns > 0'
is "throttle: every call is there" "$(count throttle.json "$calls")" 2000
has "throttle: reported at the end" err '^linxcap: programs waited [0-9]+ times for the reader'

# cat is recorded like every process, and reads the lines that linxcap writes: it must not be made to wait for linxcap.
set -m # a process group for each pipeline
linxcap --mode throttle --buffer 64K --format json --stats=pipe.stats -e trace=chdir,read,write 2>err | cat >pipe.json &
pipeline=$!
until [ -s pipe.json ]; do sleep 0.1; done
recorder=$(pidof linxcap) # not before: it may not have been executed yet
sh -c "$storm"
kill -INT "$recorder"
wait $pipeline
accounts "pipeline" pipe.stats
holds "pipeline: programs waited" pipe.stats '.throttled.waits > 0'
is "pipeline: every call is there" "$(count pipe.json "$calls")" "$((2000 - $(jq '.calls.chdir.lost' pipe.stats)))"
