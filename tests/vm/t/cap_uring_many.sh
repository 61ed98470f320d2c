#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Recordings of an io_uring that a kernel thread polls (SQPOLL), filters on its operations, many operations at a time,
# and operations that end after their ring.
# full
# timeout: 300
# arches: arm64
. "$JOB/guest/cap.sh"
. "$JOB/guest/uring.sh"

cd /tmp || exit 1

# A kernel thread submits the operations, so io_uring_enter is not called.
polled() {
	lx --format json -o polled.json -- cap_uring sqpoll
	[ "$status" = 0 ] || { echo "# no polling: $(cat out err)" && return; }
	compare polled
	arguments polled
}

# Filters by the name of a call apply to the io_uring operations that correspond to this call.
chosen() {
	lx -e trace=openat --format json --stats=stats -o chosen.json -- cap_uring
	grep '^openat' out | grep -v "$refused" >want
	jq -r 'select(.io_uring?) | "\(.syscall) \(.io_uring.user_data) \(.ret)"' chosen.json | sort -k2n >got
	cut -d ' ' -f 1-3 want | cmp -s - got || fail "only openat: $(cat got)"
	everything chosen stats
	lx -e trace=openat -e status=failed --format json --stats=stats -o failed.json -- cap_uring
	jq -r 'select(.io_uring?) | "\(.syscall) \(.io_uring.user_data) \(.ret)"' failed.json | sort -k2n >got
	grep '^openat [0-9]* -' out | grep -v "$refused" | cut -d ' ' -f 1-3 | cmp -s - got || fail "only failed ones: $(cat got)"
	everything failed stats
	lx --format json -o by-flag.json 'linx.flags contains "io_uring"' -- cap_uring
	is "by the mark ($(cat err))" "$(count by-flag.json '.kind == "syscall" and (.io_uring? == null)')" 0
	is "by the mark: all" "$(count by-flag.json '.io_uring? and .dir == "exit"')" "$(recorded)"
}

# Many operations have the same user_data: the result of each must be matched to its own request.
alike() {
	[ $modern = yes ] || return 0
	record alike read alike
	is "alike: ends" "$(count alike.json '.io_uring?.user_data == 1 and .dir == "exit" and .ret == 1')" 384
	jq -r 'select(.io_uring? and .dir == "exit") | .args.buf' alike.json | sort | uniq -c | sed 's/^ *//' | tr '\n' ' ' >got
	is "alike: each its own byte" "$(cat got)" "$(printf '16 %s ' a b c d e f g h i j k l m n o p q r s t u v w x)"
}

# Operations that are not selected are not recorded, and their results are not matched to other operations.
some() {
	[ $modern = yes ] || return 0
	record some recvfrom,read,writev shared
	is "some: the receive" "$(jq -c 'select(.io_uring?.user_data == 6 and .dir == "exit") | [.syscall, .ret]' some.json)" '["recvfrom",1]'
	is "some: the read" "$(jq -c 'select(.io_uring?.user_data == 7 and .dir == "exit") | [.syscall, .ret]' some.json)" '["read",1]'
	is "some: refused once: a submission and its end, and one whose end is not recorded" "$(jq .calls.writev.selected stats)" 3
	everything some stats
}

# An operation is removed from the session's table when it ends, so that there is room for the last of many.
zero_copy() {
	[ $modern = yes ] || return 0
	record zero sendto zero-copy
	is "zero copy: ends" "$(count zero.json '.io_uring? and .dir == "exit" and .ret == 1')" 2200
	everything zero stats
}

# Many operations that the session need not remember do not displace the operations that it has to remember.
skipping() {
	[ $modern = yes ] || return 0
	record skipping accept4 skipping
	is "skipping: what was accepted" "$(count skipping.json '.io_uring?.user_data == 18 and .dir == "exit" and .ret > 1')" 4
	everything skipping stats
}

# Operations of a closed ring are not matched to results of the next ring.
renewed() {
	[ $modern = yes ] || return 0
	record renewed io_uring_enter renewed
	is "renewed: made" "$(count renewed.json '.io_uring?.user_data == 19 and .dir == "exit" and .ret == 0')" 200
	is "renewed: refused" "$(count renewed.json '.io_uring?.user_data == 20 and .dir == "exit" and .ret == -22')" 200
	everything renewed stats
}

polled
chosen
alike
some
zero_copy
skipping
renewed
