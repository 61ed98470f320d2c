#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The machine sleeps (S3: all CPUs but one go offline and return) during a recording, and the wall clock has advanced
# when it wakes up: nothing is lost or out of order, and each event has the time that the wall clock showed.
# timeout: 150
# full
. "$JOB/guest/cap.sh"

alarm=/sys/class/rtc/rtc0/wakealarm
[ -w $alarm ] && grep -qw mem /sys/power/state || skip "this kernel cannot sleep, or nothing would wake it"

# The guest sleeps only once with PREEMPT_RT: on these kernels the alarm does not end a second sleep, even without linx.
rounds="0 1 2"
! is_rt || rounds="0 1"

cd /tmp || exit 1
background --format json --stats=stats -o s.json -e trace=getppid
for round in $rounds; do
	if [ $round -gt 0 ]; then
		slept=$(date +%s)
		echo 0 >$alarm
		echo +4 >$alarm
		echo mem >/sys/power/state || fail "round $round: it does not sleep"
		[ $(($(date +%s) - slept)) -ge 2 ] || fail "round $round: it did not sleep"
	fi
	date +%s%N >"before$round"
	perl -e 'getppid for 1..50'
	date +%s%N >"after$round"
done
kill -INT "$pid"
ended
is "status ($(cat err))" "$status" 0
everything sleep stats
is "numbers without a hole" "$(count s.json '.kind == "gap"')" 0
jq -r 'select(.syscall == "getppid" and .comm == "perl") | .time_ns' s.json >stamps
is "calls" "$(wc -l <stamps)" $(($(wc -w <<<"$rounds") * 50))
for round in $rounds; do
	tail -n +$((round * 50 + 1)) stamps | head -n 50 | awk -v from="$(cat before$round)" -v to="$(cat after$round)" \
		'$1 < from || $1 > to { print $1 " is not between " from " and " to }' >wrong
	[ ! -s wrong ] || fail "round $round: $(wc -l <wrong) events have another time: $(head -n 1 wrong)"
done
