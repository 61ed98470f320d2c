#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Open files whose paths take long to compute: linxcap reads the list of processes and their files in steps, and reads
# events between two steps, so that no event is lost, although the ring holds the events of only a few seconds.
# full
# timeout: 300
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

rec_chain hold 120 >calls 2>ready &
load=$!
soon grep -q ready ready
linxcap -q -e getpgid --fds --buffer 1M --stats=stats -w chain.cap 2>err &
pid=$!
sleep 25
kill -INT "$pid"
ended
touch stop
wait "$load" || fail "the load: $(cat calls ready)"
echo "# $(jq -c '[.selected, .delivered, .lost]' stats)"
is "status ($(cat err))" "$status" 0
everything chain stats
lx -r chain.cap --fds --format json
grep '"getpgid"' out >calls
is "what is open is not known at first" "$(head -n 1 calls | grep -c '"stale"')" 1
is "but in the end" "$(tail -n 1 calls | grep -c '"stale"')" 0
