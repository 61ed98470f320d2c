#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a task changes while the filter leaves it out, by its name, is known when
# it, or a thread that shares it, is seen again: a descriptor, the directory.
# quick
# timeout: 120
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

lx -q --fds --config '{"open_params": {"filter_comms": ["hidden"]}}' --format json -o seen.json -- cap_left_out 9
is "status ($(cat err))" "$status" 0
is "nothing of what is left out" "$(count seen.json '.kind == "syscall" and .comm == "hidden"')" 0
is "what was changed meanwhile" "$(jq -c 'select(.syscall == "pread64" and .ret < 5) |
	[.ret, (.fds[] | select(.fd > 8) | .fd, .path)]' seen.json)" '[1,9,"/tmp/plain.d/file",10,"/tmp/plain.d/file"]
[2,9,"/tmp/secret.d/file",10,"/tmp/plain.d/file"]
[3,9,"/tmp/plain.d/file",10,"/tmp/plain.d/file"]
[4,9,"/tmp/secret.d/file"]'
is "directories" "$(jq -r 'select(.kind == "task") | .cwd' seen.json | uniq | xargs)" "/tmp/secret.d /tmp/plain.d /tmp/secret.d"

# unseen N: what is told of descriptor 9 of a process with N more that a snapshot knew.
unseen() {
	rm -f ready go
	cap_left_out 9 unseen "$1" &
	program=$!
	soon test -e ready
	linxcap -q --fds --config '{"open_params": {"filter_comms": ["hidden"]}}' -e pread64 --format json -o late.json 2>err &
	pid=$!
	soon recording $pid
	touch go
	wait $program || fail "unseen $1: the program's status $?"
	kill -INT $pid
	wait $pid || fail "unseen $1: status $?: $(cat err)"
	jq -c 'select(.syscall? == "pread64" and .ret == 2) | [[.fds[]? | select(.fd == 9) | .path], (.flags | index("stale") != null)]' late.json
}

is "changed unseen" "$(unseen 0)" '[["/tmp/secret.d/file"],false]'
is "changed unseen, of very many" "$(unseen 300)" '[[],true]'
