#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An operation of an io_uring has the same content as the corresponding call: arguments, the file that it opened, the
# peer that it connected, options of sockets, messages of netlink. A ring that a thread of the kernel polls, and
# operations that workers run, make no difference. Files without a descriptor are known as far as the kernel's request
# holds them.
# kernels: 6.1 6.12 7.2
# timeout: 400
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
calls=openat,openat2,socket,connect,accept4,setsockopt,getsockopt,sendto,pipe2,io_uring_setup

# record NAME OPTIONS WORD...: records uring_same with each WORD, one after the other, in one recording: the engine bpf
# takes a minute of processor time to begin, as each of its programs is verified. Leaves the events of each in
# WORD.json, and its output in WORD.out.
record() {
	local name=$1 options=$2 word
	shift 2
	# shellcheck disable=SC2016,SC2086 # the variables are those of the inner shell; several options
	lx $options --format json --stats=stats -o all.json -- bash -c 'for word; do
		uring_same $word >$word.out &
		echo $! >$word.pid
		wait $!
		echo $? >$word.status
	done' record "$@"
	is "$name: status ($(cat err))" "$status" 0
	everything "$name" stats
	for word; do
		[ "$(cat "$word.status")" != 77 ] || skip "this kernel has no io_uring"
		is "$name: status of $word ($(cat err))" "$(cat "$word.status")" 0
		jq -c --argjson pid "$(cat "$word.pid")" 'select(.pid == $pid)' all.json >"$word.json"
	done
}

# of FILE CONDITION: prints the events of the program after it made its ring, without what must differ: numbers of
# sockets and ports.
of() {
	jq -c --slurp "(map(.syscall == \"io_uring_setup\") | index(true)) as \$at | .[\$at + 1:][] | select(.kind == \"syscall\" and ($2)) |
		(if .syscall == \"getsockopt\" and .ret > 0 then .ret = 0 else . end) |
		{syscall, args, ret, errno, ret_fd, opened, connected, raced}" "$1" |
		sed -E 's/127\.0\.0\.1:[0-9]+/127.0.0.1:P/g; s/("(port|inode|ino|portid)":)[0-9]+/\1 0/g; s/(socket|pipe):\[[0-9]+\]/\1:[N]/g'
}

# same NAME WORD: compares the calls and the operations of uring_same with WORD.
same() {
	local name=$1 word=$2 lacks
	lacks=$(sed 's/sockopt/getsockopt setsockopt/; s/pipe/pipe2/' "$word.out" | xargs | sed 's/ /\\|/g')
	of "$word.json" '.io_uring? == null' | grep -v "\"syscall\":\"\(${lacks:-none}\|io_uring_enter\)\"" >calls
	of "$word.json" '.io_uring?' | grep -v "\"syscall\":\"\(${lacks:-none}\|io_uring_enter\)\"" >operations
	is "$name: operations" "$(wc -l <operations)" "$(wc -l <calls)"
	# The value of a socket option that a worker of the io_uring sets is read at the result. What the value points
	# to is not recorded, nor the value of an operation that failed. So these values are not compared.
	[ "$word" != async ] || sed -i -E '/SO_ATTACH_FILTER|ENOPROTOOPT/s/"optval":.*"optlen"/"optlen"/' calls operations
	[ "$(wc -l <calls)" -ge 12 ] || fail "$name: calls: $(cat calls)"
	diff calls operations >differ || fail "$name: $(head -n 20 differ | cut -c1-1200)"
	is "$name: opened files" "$(grep -c '"opened":"/tmp/same/target"' operations)" 2
	is "$name: peers" "$(grep -c '"connected":{' operations)" 1
}

others() {
	local opened
	jq -r 'select(.io_uring? and .dir == "exit") | "\(.syscall) \(.io_uring.user_data) \(.ret)"' others.json >got
	diff others.out got >differ || fail "others: names and results: $(cat differ)"
	opened=$(jq -c 'select(.io_uring?.user_data == 1) | [.opened, .io_uring.direct, .ret_fd, has("opened")]' others.json)
	is "others: a file without a descriptor" "$opened" '[null,true,null,true]'
	! grep -q '^dup [0-9]* [0-9]' others.out ||
		is "others: a descriptor of a registered file" "$(jq -r 'select(.syscall == "dup" and .io_uring) | .ret_fd.path' others.json)" /tmp/same/target
	is "others: a registered socket" "$(jq -r 'select(.syscall == "connect" and .io_uring) | .args.fd.type' others.json)" socket
	is "others: peer of a registered socket" "$(jq -r 'select(.syscall == "connect" and .io_uring) | .connected.peer' others.json | grep -c '127.0.0.1')" 1
}
# Rules that name a call match the io_uring operations that correspond to it.
rules() {
	cat >rules.yaml <<-'END'
	- rule: option
	  desc: a socket option is set
	  condition: evt.type = setsockopt and evt.dir = <
	  output: "option %evt.type %evt.rawres"
	  priority: WARNING
	END
	lx --rules rules.yaml --alert file:alerts -- uring_same others
	is "rules: status ($(cat err))" "$status" 0
	is "rules: alerts ($(cat alerts))" "$(grep -c 'option setsockopt' alerts)" "$(grep -c '^setsockopt ' out)"
}

record "without options" "-e trace=$calls" ring
same "a ring" ring
record "with addresses" "-yy -e trace=$calls" ring
same "with addresses" ring
record "with descriptors" "-y -e trace=$calls,dup,recvfrom,io_uring_enter" ring sqpoll async others
same "with descriptors" ring
same "a thread that polls" sqpoll
same "workers" async
others
rules
