#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Buffers of up to 256 KiB (-s 262144) are shown as strace shows them, from the module and from a capture.
# full
# timeout: 180
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
calls=write,pread64,writev,preadv,sendmsg,recvmsg

for program in cap_long cap_long.$narrow; do
	strace -s 262144 -e trace=$calls -o strace.out $program || fail "$program: $?"
	grep -v '^strace: ' strace.out >truth # that it runs in 32 bit mode
	linxcap strace -s 262144 -e trace=$calls -o mine $program || fail "linxcap strace $program: $?"
	# strace prints the address for the buffer that ends in unmapped memory (call 7).
	for line in 1 2 3 4 5 6 7 8; do
		[ $line = 7 ] || [ "$(sed -n ${line}p truth | wc -c)" -gt 20000 ] ||
			fail "$program: line $line of strace: $(sed -n ${line}p truth | head -c 300)"
		cmp <(sed -n ${line}p truth) <(sed -n ${line}p mine) ||
			fail "$program: line $line: $(sed -n ${line}p mine | head -c 60) ... $(sed -n ${line}p mine | tail -c 100)"
	done
done

# The session has no filter, because only then the fast path records 32-bit calls. The writev passes 180000 bytes.
linxcap -q -s 262144 -e trace=writev -w w.cap &
pid=$!
soon recording $pid
cap_long.$narrow || fail "the program: $?"
kill -INT $pid
wait $pid || fail "linxcap: $?"
linxcap -q -r w.cap -s 262144 --format strace >w.out || fail "replay of w.cap: $?"
grep writev w.out | grep -F '= 180000' >writev.out || fail "no writev: $(head -c 300 w.out)"
[ "$(wc -c <writev.out)" -gt 180000 ] || fail "writev: $(head -c 200 writev.out) ... $(tail -c 200 writev.out)"

linxcap -q -s 262144 -e trace=$calls -w l.cap -- cap_long || fail "record: $?"
linxcap -q -r l.cap -s 262144 --format json >l.json || fail "json: $?"
buffers() { jq -r "select(.syscall == \"write\") | .args.buf | $1" l.json | tr '\n' ' '; }
is "states of three buffers" "$(buffers 'if type == "object" then .state else "whole" end')" "whole unreadable truncated "
value() { jq -j "select(.syscall == \"write\" and .args.count == $1) | .args.buf | if type == \"object\" then .value else . end" l.json | bytes; }
is "bytes of the first buffer" "$(value 200000 | wc -c)" 200000
is "bytes of the longest buffer" "$(value 400000 | wc -c)" 262144
cmp <(value 200000) <(value 400000 | head -c 200000) || fail "both begin with the same bytes"
linxcap -q -r l.cap -s 262144 --format strace 2>err >again || fail "replay: $(cat err)"
is "lines" "$(grep -cE '(write|pread64|writev|preadv|sendmsg|recvmsg)\(' again)" 8

# Values are cut at the default length without -s, and each of two concurrent sessions has its own limit.
linxcap -q -e trace=write -w s.cap -- cap_long || fail "short: $?"
[ "$(stat -c %s s.cap)" -lt 200000 ] || fail "a capture of $(stat -c %s s.cap) bytes"
linxcap -q -e trace=write -w s2.cap -- sh -c "linxcap -q -s 262144 -e trace=write -w l2.cap -- cap_long" || fail "both: $?"
[ "$(stat -c %s l2.cap)" -gt 500000 ] || fail "a capture of $(stat -c %s l2.cap) bytes"
[ "$(stat -c %s s2.cap)" -lt 400000 ] || fail "a capture of $(stat -c %s s2.cap) bytes"
