#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Operations of an io_uring are recorded under the name of the corresponding call, and marked: since Linux 6.0 with
# arguments, before that with opcode, user_data and result.
# full
# timeout: 300
# arches: arm64
. "$JOB/guest/cap.sh"
. "$JOB/guest/uring.sh"

cd /tmp || exit 1

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

# Results that have no request of their own arrive while an operation with the same user_data is pending: they must not
# be taken for the result of that operation.
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
	is "shared: refused once, though its success would not be recorded" "$(count shared.json '.io_uring?.user_data == 17')" 1
}

# The kernel reads the data later than the submission entry. The event has the data of that later time, both values, or
# none.
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

# The first operation of a chain waits for earlier operations if a later operation of the chain drains (IOSQE_IO_DRAIN).
drained() {
	[ $modern = yes ] || return 0
	is "late: the first of a chain" "$(jq -c 'select(.io_uring?.user_data == 34 and .dir == "exit") | .ret' late.json)" 6
	is "late: not what it writes no more" "$(jq -c 'select(.io_uring?.user_data == 34)' late.json | grep -c former)" 0
}

# The index of a registered ring is not shown as a descriptor, although another file may have that number.
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
	is "text: one line for each" "$(grep -c '\[io_uring: ' text)" "$(recorded)"
	is "line: one for each" "$(grep -c 'io_uring=IORING_OP_\|io_uring=250' line)" "$(recorded)"
	is "strace: none" "$(grep -c 'io_uring: \|openat.*through-a-ring' strace)" 0
	[ $modern = no ] || has "text" text 'openat\(AT_FDCWD, "/tmp/through-a-ring", O_RDWR\|O_CREAT, 0600\) = [0-9]+.* \[io_uring: IORING_OP_OPENAT\]'
	[ $modern = no ] || has "text: where in the file" text 'write\([0-9]+, "hidden words", 12\) = 12.* \[io_uring: IORING_OP_WRITE, offset 0\]'
	lx strace -o strace.live -- cap_uring
	is "linxcap strace: none ($(cat err))" "$(grep -c 'openat.*through-a-ring' strace.live)" 0
}

plain
shared
late
drained
registered
formats
