#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The wall clock is set during a recording: nothing is lost or out of order, and each event has the time that the wall
# clock showed.
# full
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
background --format json --stats=stats -o c.json -e trace=getppid,clock_settime,settimeofday
for year in 2030 2020 2035 2026; do
	date -s "$year-06-15 12:00:00" >/dev/null || fail "cannot set the clock"
	sleep 0.4
	for _ in 1 2 3; do perl -e 'getppid for 1..20'; done
	sleep 0.2
done
kill -INT "$pid"
ended
is "status ($(cat err))" "$status" 0
everything clock stats
# Events are ordered by the monotonic clock of the stream, so the years appear in the order in which they were set.
jq -r 'select(.syscall == "getppid") | .time_ns / 1000000000 | strftime("%Y")' c.json | uniq -c | awk '{ print $2 }' | uniq | tr '\n' ' ' >years
is "years of the events" "$(cat years)" "2030 2020 2035 2026 "
is "calls" "$(count c.json '.syscall == "getppid"')" 240
is "numbers without a hole" "$(jq -r 'select(.kind == "gap")' c.json | wc -l)" 0
