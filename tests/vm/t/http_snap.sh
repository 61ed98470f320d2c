#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# With --http, HTTP headers are captured whole, in all pieces, threads and calls. Other buffers are captured only as far
# as without --http: other sockets, bodies, files with the same first bytes, also while another header is unfinished.
# full
# arches: arm64
# timeout: 240
. "$JOB/guest/t.sh"
. "$JOB/guest/http_snap.sh"

linxcap --http -w /tmp/cap -- http_snap || fail "http_snap"
check "a command"
linxcap --http -w /tmp/cap -- "http_snap.$narrow" || fail "http_snap.$narrow"
check "32 bits"
linxcap --http -T -w /tmp/cap -- http_snap || fail "http_snap with durations"
check "durations"
linxcap --http --stats=/tmp/stats -w /tmp/cap -- http_snap many 2>/tmp/account || fail "http_snap after many"
check "after many that are unfinished"
is "headers that gave way" "$(grep -o '"http_dropped":[1-9]' /tmp/stats | wc -l)" 1
grep -q 'headers that were unfinished gave way' /tmp/account || fail "the account: $(cat /tmp/account)"
linxcap --http -yy -w /tmp/cap -- http_snap || fail "http_snap with descriptors"
check "descriptors"
machine() { # NAME OPTION...
	local name=$1
	shift
	rm -f /tmp/cap
	linxcap --http -w /tmp/cap "$@" 2>/dev/null &
	tracer=$!
	until linxcap -r /tmp/cap 2>/dev/null | grep -q .; do usleep 100000; done
	http_snap || fail "http_snap alone"
	kill -INT $tracer
	wait $tracer
	check "$name"
}

machine "the whole machine"
machine "a user's calls" -u 0

# Without --http a header is cut like any other buffer.
linxcap -w /tmp/cap -- http_snap
linxcap -r /tmp/cap -s 16384 >/tmp/text 2>/dev/null
is "without" "$(run_of c)" 80
