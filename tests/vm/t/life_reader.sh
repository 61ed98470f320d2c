#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A reader is stopped for a minute while calls are made: each call is delivered or counted as lost, and the gaps in the
# stream add up to the account.
# full
# timeout: 300
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
background --buffer 64k --format json --stats=stats -o m.json -e trace=getppid
kill -STOP "$pid"
for _ in {1..60}; do
	perl -e 'getppid for 1..100'
	sleep 1
done
kill -CONT "$pid"
perl -e 'getppid for 1..100'
kill -INT "$pid"
ended
is "status ($(cat err))" "$status" 0
accounts minute stats
holds "calls that were made" stats '.calls.getppid.selected == 6100'
holds "calls were lost" stats '.lost.full > 0'
is "gaps report the loss" "$(jq -s '[.[] | select(.kind == "gap") | .lost[]] | add' m.json)" "$(jq '[.lost[]] | add' stats)"
is "calls delivered" "$(count m.json '.syscall == "getppid"')" "$(jq .calls.getppid.committed stats)"
