#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# HTTP requests through an io_uring are reported once for each side, with long headers, whole and in pieces.
# kernels: 6.1 6.12 7.2 6.12-arm64
# arches: arm64
. "$JOB/guest/t.sh"

linxcap --http -w /tmp/cap -- http_uring || fail "http_uring"
linxcap http -r /tmp/cap --format json >/tmp/out 2>/tmp/err || fail "http -r: $(cat /tmp/err)"
for op in write writev send sendmsg; do
	for how in whole pieces; do
		for side in client server; do
			is "$side $op $how" "$(grep "\"side\":\"$side\"" /tmp/out | grep "\"path\":\"/$op/$how\"" | grep -c '"status":200,')" 1
		done
	done
done
is "requests" "$(grep -c '"kind":"http"' /tmp/out)" 16
is "found again" "$(grep -c '"resumed":true' /tmp/out)" 0
