# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Makes a storm of forks and dups, and records it after it has begun, with a snapshot. To be sourced after guest/cap.sh.

begun() { [ "$(stat -c %s storm.cap)" -gt 4096 ]; } # the snapshot is in it

places() { awk '{ print $1, $2 }' storm.list | sort -u | wc -l; }

more_places() { [ "$(places)" -ge "$1" ]; }

# record COMMAND...: records the running storm to storm.cap, until the capture has a minimum number of marked places to
# compare.
record() {
	local load
	rm -f stop storm.cap
	(while [ ! -e stop ]; do cap_opened 2; done) >storm.list &
	load=$!
	"$@" linxcap -q -e getpgid --fds --buffer 16M --stats=stats -w storm.cap 2>err &
	pid=$!
	soon begun
	# A program of the storm writes its list of marked places when it ends. The next list may be of a program that
	# began before the recording, so 60 further places are awaited after it.
	soon more_places $(($(places) + 1))
	soon more_places $(($(places) + 60))
	kill -INT "$(pidof linxcap)"
	ended
	is "status ($(cat err))" "$status" 0
	touch stop
	wait $load
	everything storm stats
}

compare() {
	local compared stale _
	linxcap -q --fds -r storm.cap -e getpgid --format json >storm.json 2>>err || fail "replay: $(cat err)"
	"$JOB/guest/same-fds" storm.list storm.json 20 >found 2>&1 || fail "$(cat found)"
	echo "# $(tail -n 1 found)"
	# The descriptors of a process may be unknown only at places before the snapshot came to the process, and most
	# places are after that.
	read -r compared _ _ stale _ < <(tail -n 1 found)
	[ "$compared" -gt "$stale" ] || fail "most is not decided: $(tail -n 1 found)"
}
