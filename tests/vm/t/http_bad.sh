#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Conversations that are hard to follow, by 64-bit and 32-bit programs: each HTTP request is reported with its own
# status, once for each side, and bytes that are not HTTP are counted. Captures of the conversations with wrong bytes
# crash no reader.
# full
# quick
# arches: arm64
# timeout: 240
. "$JOB/guest/t.sh"

expected() {
	local side i
	for side in client server; do
		cat <<-END
			$side BASELINE-CONTROL /any 200
			$side GET /behind 200
			$side GET /close 200
			$side GET /same 304
			$side GET /websocket 101
			$side HEAD /head 200
			$side M-SEARCH /any 200
			$side PATCH /patch 204
			$side POST /continue 201
			$side POST /split 200
			$side PURGE /any 200
			$side PUT /chunks 200
			$side QUERY /any 200
			$side x_Odd.Method! /any 200
		END
		for i in $(seq 500); do echo "$side GET /kept 200"; done
		for i in $(seq 0 2 198); do echo "$side GET /reused/$i $((200 + i))"; done
	done | sort
}

reported() {
	sed -n 's/.*"kind":"http".*"side":"\([a-z]*\)","method":"\([^"]*\)".*"path":"\([^"]*\)".*"status":\([^,]*\),.*/\1 \2 \3 \4/p' "$1" | sort
}

has_counted() { # COUNT of the account /tmp/err
	grep -q "[:,] $1" /tmp/err || fail "$name: not '$1': $(cat /tmp/err)"
}

expected >/tmp/expected
for name in http_bad "http_bad.$narrow"; do
	linxcap --http -w /tmp/cap -- $name 2>/tmp/err || fail "$name: $(cat /tmp/err)"
	linxcap http -r /tmp/cap --format json >/tmp/out 2>/tmp/err || fail "$name: http -r: $(cat /tmp/err)"
	reported /tmp/out >/tmp/reported
	diff /tmp/expected /tmp/reported >/tmp/diff || fail "$name: $(head -n 20 /tmp/diff)"
	has_counted '2 became tunnels'
	has_counted '2 in HTTP/2'
	has_counted '2 in TLS'
	has_counted '4 malformed'
	has_counted '2 with bytes that were not captured'
done

size=$(stat -c %s /tmp/cap)
for i in $(seq 25); do
	cp /tmp/cap /tmp/wrong
	for _ in $(seq 8); do
		at=$(od -An -N4 -tu4 /dev/urandom)
		dd if=/dev/urandom of=/tmp/wrong bs=1 count=6 seek=$((at % size)) conv=notrunc 2>/dev/null
	done
	linxcap http -r /tmp/wrong >/dev/null 2>/tmp/err
	[ $? -lt 128 ] || fail "a wrong capture: $(tail -n 3 /tmp/err)"
done
