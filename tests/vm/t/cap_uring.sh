#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What goes through an io_uring is recorded, under the call's name and marked;
# with arguments since 6.0, before with opcode, user_data and result.
# timeout: 300
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
modern=yes
case $(uname -r) in 5.*) modern=no ;; esac

# what the operations' own text says: a path, written or read bytes, an address
text='[.args.filename?, .args.pathname?, .args.oldname?, .args.buf?, .args.buff?, .args.ubuf?, .args.uservaddr?.path?] |
	map(select(. != null) | if type == "object" then (.value? // empty) else . end) | .[0] // "-"'

# told: how many operations of those in out there are events of. What was refused before it began is told since 6.0.
refused=' -\(22\|14\) '
[ $modern = no ] || refused='^$'
told() { grep -vc "$refused" out; }

# Of an opcode that no kernel has, where that is told.
invalid='^io_uring_enter [0-9]* -22 '
[ $modern = yes ] || invalid='^$'

# compare NAME: each operation that the program made, with its result, is there once
compare() {
	local name=$1
	jq -r 'select(.kind == "syscall" and (.flags | index("io_uring")) and .dir == "exit") |
		"\(.syscall) \(.io_uring.user_data) \(.ret)"' "$name.json" | sort -k2n >got
	grep -v "$refused" out | sort -k2n | cut -d ' ' -f 1-3 >want
	cmp -s got want || fail "$name: operations: $(diff got want | head -n 20)"
	is "$name: all that is marked has an opcode" "$(count "$name.json" '.io_uring? and (.io_uring.opcode | type != "object" and type != "number")')" 0
	is "$name: all is of the program" "$(jq -r 'select(.io_uring?) | .comm' "$name.json" | sort -u | grep -cv 'cap_uring\|iou-sqp')" 0
	is "$name: no record without a mark" "$(count "$name.json" '(.io_uring? != null) != ((.flags // []) | index("io_uring") != null)')" 0
}

# arguments NAME: and what it says of them is what the program gave
arguments() {
	[ $modern = yes ] || return 0
	jq -r "select(.io_uring? and .dir == \"exit\") | [.io_uring.user_data, ($text)] | @tsv" "$1.json" | sort -n | cut -f 2 >got
	sort -k2n out | cut -d ' ' -f 4- | sed 's/^null$/-/' >want
	cmp -s got want || fail "$1: arguments: $(diff got want | head -n 20)"
	is "flags by name" "$(count "$1.json" '.io_uring?.user_data == 1001 and .syscall == "openat" and (.args.flags.names | index("O_CREAT"))')" 1
	is "the whole entry" "$(count "$1.json" '.io_uring?.user_data == 1004 and .syscall == "readv" and .io_uring.entry.off == 7 and .io_uring.entry.len == 1')" 1
	is "unreadable says so" "$(count "$1.json" '.io_uring? and .args.filename?.state? == "unreadable" and .ret == -14')" 1
}

plain() {
	lx --format json --stats=stats -o plain.json -- cap_uring
	[ "$status" != 77 ] || skip "this kernel has no io_uring"
	is "status ($(cat err))" "$status" 0
	compare plain
	arguments plain
	everything plain stats
	is "an opcode that there is not" "$(count plain.json '.io_uring? and .dir == "exit" and .io_uring.opcode == 250')" "$(grep -c "$invalid" out)"
	is "opcode and time" "$(count plain.json '.io_uring?.user_data == 1001 and .io_uring.opcode.text == "IORING_OP_OPENAT" and .duration_ns > 0')" 1
	is "the calls themselves are not marked" "$(count plain.json '.syscall == "io_uring_setup" and (.flags | index("io_uring"))')" 0
}

# A thread of the kernel submits: no io_uring_enter is needed.
polled() {
	lx --format json -o polled.json -- cap_uring sqpoll
	[ "$status" = 0 ] || { echo "# no polling: $(cat out err)" && return; }
	compare polled
	arguments polled
}

# Filters are those of calls.
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
	is "by the mark: all" "$(count by-flag.json '.io_uring? and .dir == "exit"')" "$(told)"
}

# Many with the same user_data: each has its end, and is told by its request.
alike() {
	[ $modern = yes ] || return 0
	lx -e trace=read --format json --stats=stats -o alike.json -- cap_uring alike
	is "alike: status ($(cat err))" "$status" 0
	is "alike: ends" "$(count alike.json '.io_uring?.user_data == 1 and .dir == "exit" and .ret == 1')" 384
	jq -r 'select(.io_uring? and .dir == "exit") | .args.buf' alike.json | sort | uniq -c | sed 's/^ *//' | tr '\n' ' ' >got
	is "alike: each its own byte" "$(cat got)" "$(printf '16 %s ' a b c d e f g h i j k l m n o p q r s t u v w x)"
}

# Results of which the kernel does not say the request, beside an operation with the same user_data.
shared() {
	[ $modern = yes ] || return 0
	lx --format json -o shared.json -- cap_uring shared
	is "shared: status ($(cat err))" "$status" 0
	is "shared: the read" "$(jq -c 'select(.io_uring?.user_data == 7 and .dir == "exit" and .syscall == "read") | .ret' shared.json)" 1
	is "shared: what was accepted" "$(count shared.json '.io_uring?.user_data == 7 and .dir == "exit" and .syscall != "read" and .ret > 1')" 2
	is "shared: accepted beside a receive" "$(count shared.json '.io_uring?.user_data == 6 and .dir == "exit" and .syscall != "recvfrom" and .ret > 1')" 1
	is "shared: the receive" "$(jq -c 'select(.io_uring?.user_data == 6 and .dir == "exit" and .syscall == "recvfrom") | .ret' shared.json)" 1
	is "shared: refused once" "$(jq -c 'select(.io_uring?.user_data == 10) | [.dir, .ret]' shared.json)" '["exit",-14]'
	is "shared: a length of 64 bits" "$(jq -c 'select(.io_uring?.user_data == 11 and .dir == "exit" and .ret == 0) | .args.len' shared.json | sort -u | grep -v 8589934592)" ''
	is "shared: from a buffer of the ring" "$(jq -c 'select(.io_uring?.user_data == 12 and .dir == "exit") | .args.buff?' shared.json)" null
	is "shared: no message ends a read" "$(jq -c 'select(.io_uring?.user_data == 8 and .dir == "exit") | [.syscall, .ret]' shared.json)" '["read",1]'
	jq -c 'select(.io_uring?.user_data == 5 and .dir == "exit") | [.args.count, .ret]' shared.json >got
	is "shared: results are the operation's own" "$(jq -c 'select(.[0] != .[1])' got)" ''
	[ "$(sort -u got | wc -l)" -ge 16 ] || fail "shared: results for which there was room: $(sort -u got | wc -l)"
	is "shared: one each" "$(sort got | uniq -d)" ''
	is "shared: a failure that may be another's" "$(jq -c 'select(.io_uring?.user_data == 13 and .dir == "exit") | [.args.fd >= 0, .ret]' shared.json)" '[true,1]'
	is "shared: no descriptors" "$(jq -c 'select((.io_uring?.user_data == 15 or .io_uring?.user_data == 16) and .dir == "exit") |
		[.syscall, .args.fd?, .args.fd_in?, .ret < 0]' shared.json)" '["close",null,null,true]
["splice",null,null,true]'
	is "shared: refused once, though its success would not be told" "$(count shared.json '.io_uring?.user_data == 17')" 1
}

# What is not selected is not told, nor are its results another's.
some() {
	[ $modern = yes ] || return 0
	lx -e trace=recvfrom,read,writev --format json --stats=stats -o some.json -- cap_uring shared
	is "some: status ($(cat err))" "$status" 0
	is "some: the receive" "$(jq -c 'select(.io_uring?.user_data == 6 and .dir == "exit") | [.syscall, .ret]' some.json)" '["recvfrom",1]'
	is "some: the read" "$(jq -c 'select(.io_uring?.user_data == 7 and .dir == "exit") | [.syscall, .ret]' some.json)" '["read",1]'
	is "some: refused once: a submission and its end, and one whose end is not told" "$(jq .calls.writev.selected stats)" 3
	everything some stats
}

# An operation is kept no longer than it lasts: after so many there is room for the last.
zero_copy() {
	[ $modern = yes ] || return 0
	lx -e trace=sendto --format json --stats=stats -o zero.json -- cap_uring zero-copy
	is "zero copy: status ($(cat err))" "$status" 0
	is "zero copy: ends" "$(count zero.json '.io_uring? and .dir == "exit" and .ret == 1')" 2200
	everything zero stats
}

# Many that are not kept leave others what they have.
skipping() {
	[ $modern = yes ] || return 0
	lx -e trace=accept4 --format json --stats=stats -o skipping.json -- cap_uring skipping
	is "skipping: status ($(cat err))" "$status" 0
	is "skipping: what was accepted" "$(count skipping.json '.io_uring?.user_data == 18 and .dir == "exit" and .ret > 1')" 4
	everything skipping stats
}

# What a ring that is gone submitted is not what the next one does.
renewed() {
	[ $modern = yes ] || return 0
	lx -e trace=io_uring_enter --format json --stats=stats -o renewed.json -- cap_uring renewed
	is "renewed: status ($(cat err))" "$status" 0
	is "renewed: made" "$(count renewed.json '.io_uring?.user_data == 19 and .dir == "exit" and .ret == 0')" 200
	is "renewed: refused" "$(count renewed.json '.io_uring?.user_data == 20 and .dir == "exit" and .ret == -22')" 200
	everything renewed stats
}

# Data that the kernel takes after the entry: as they were then, both values, or none.
late() {
	[ $modern = yes ] || return 0
	lx -e trace=write,writev --format json -o late.json -- cap_uring late
	is "late: status ($(cat err))" "$status" 0
	is "late: behind a read" "$(jq -c 'select(.io_uring?.user_data == 30 and .dir == "exit") | [.args.buf, .raced?, .ret]' late.json)" '["latter",null,6]'
	is "late: a vector behind a read" "$(jq -c 'select(.io_uring?.user_data == 31 and .dir == "exit") | .ret' late.json)" 6
	is "late: not what the kernel does not write" "$(jq -c 'select(.io_uring?.user_data == 31 or .io_uring?.user_data == 32)' late.json | grep -c 'former\|decoy')" 0
	is "late: registered" "$(jq -c 'select(.io_uring?.user_data == 32 and .dir == "exit") | [.args.count, .ret]' late.json)" '[6,6]'
	jq -c 'select(.io_uring?.user_data == 33 and .dir == "exit")' late.json >changed
	is "late: changed while it waited ($(cat changed))" "$(grep -c '"raced"' changed), $(grep -c former changed), $(grep -c latter changed)" "1, 1, 1"
}

# The first of a chain may wait, too: as others before it do, if one behind it drains.
drained() {
	[ $modern = yes ] || return 0
	is "late: the first of a chain" "$(jq -c 'select(.io_uring?.user_data == 34 and .dir == "exit") | .ret' late.json)" 6
	is "late: not what it writes no more" "$(jq -c 'select(.io_uring?.user_data == 34)' late.json | grep -c former)" 0
}

# A place among the registered rings is no descriptor, though some file has that number.
registered() {
	lx -y -e trace=/^io_uring --format json -o r.json -- cap_uring registered
	is "registered: status ($(cat err))" "$status" 0
	is "registered: a descriptor has its file" "$(count r.json '.syscall == "io_uring_register" and .args.opcode == "IORING_REGISTER_RING_FDS" and (.args.fd | type) == "object"')" \
		"$(count r.json '.syscall == "io_uring_register" and .args.opcode == "IORING_REGISTER_RING_FDS"')"
	! grep -q enter out ||
		is "registered: enter" "$(jq -c 'select(.syscall == "io_uring_enter") | .args.fd' r.json)" 0
	! grep -q register out ||
		is "registered: register" "$(jq -c 'select(.syscall == "io_uring_register") | .args.fd' r.json | tail -n 1)" 0
	! grep -q setup out ||
		is "registered: setup" "$(jq -c 'select(.syscall == "io_uring_setup") | [.ret, .ret_fd]' r.json | tail -n 1)" '[1,null]'
	is "registered: a ring with a descriptor" "$(jq -c 'select(.syscall == "io_uring_setup") | .ret_fd != null' r.json | head -n 1)" true
}

formats() {
	lx -w ring.cap -- cap_uring
	for format in text line strace; do
		linxcap -r ring.cap --format $format >$format 2>err || fail "$format: $(cat err)"
	done
	is "text: one line for each" "$(grep -c '\[io_uring: ' text)" "$(told)"
	is "line: one for each" "$(grep -c 'io_uring=IORING_OP_\|io_uring=250' line)" "$(told)"
	is "strace: none" "$(grep -c 'io_uring: \|openat.*through-a-ring' strace)" 0
	[ $modern = no ] || has "text" text 'openat\(AT_FDCWD, "/tmp/through-a-ring", O_RDWR\|O_CREAT, 0600\) = [0-9]+.* \[io_uring: IORING_OP_OPENAT\]'
	[ $modern = no ] || has "text: where in the file" text 'write\([0-9]+, "hidden words", 12\) = 12.* \[io_uring: IORING_OP_WRITE, offset 0\]'
	lx strace -o strace.live -- cap_uring
	is "linxcap strace: none ($(cat err))" "$(grep -c 'openat.*through-a-ring' strace.live)" 0
}

plain
polled
chosen
alike
shared
some
zero_copy
skipping
renewed
late
drained
registered
formats
