#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A task changes a descriptor and its directory while a filter excludes it by its name. The changes are known when the
# task, or a thread that shares the state, is recorded again.
# full
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

# meanwhile MODE N: runs the program cap_left_out, which makes changes while the filter excludes it; late.json has its
# recorded reads.
meanwhile() {
	rm -f ready go
	/tmp/by/hidden 9 "$1" "$2" &
	program=$!
	soon test -e ready
	linxcap -q --fds --config '{"open_params": {"filter_comms": ["hidden"]}}' -e pread64 --format json -o late.json 2>err &
	pid=$!
	soon recording $pid
	touch go
	wait $program || fail "$1 $2: the program's status $?"
	kill -INT $pid
	wait $pid || fail "$1 $2: status $?: $(cat err)"
}

# Prints the paths that were recorded for descriptor 9 at the second read, and whether the event is flagged as stale.
of_nine() { jq -c 'select(.syscall? == "pread64" and .ret == 2) | [[.fds[]? | select(.fd == 9) | .path], (.flags | index("stale") != null)]' "$1"; }

mkdir -p /tmp/by
cp /job/prog/cap_left_out /tmp/by/hidden
# The program starts before the recording, so that only a snapshot describes it. While it is left out, it changes
# descriptor 9. The read after that must show the new file; with 300 more descriptors the path may be unknown, but the
# event must then be flagged as stale.
meanwhile unseen 0
is "changed unseen" "$(of_nine late.json)" '[["/tmp/secret.d/file"],false]'
meanwhile unseen 300
is "changed unseen, of very many" "$(of_nine late.json)" '[[],true]'
# A process whose context was never recorded shares a descriptor table with the recorded process, and changes that
# table. The recorded process's read must show the new file.
meanwhile shared 0
is "changed by a process that is left out" "$(of_nine late.json)" '[["/tmp/secret.d/file"],false]'
meanwhile shared 1
is "changed by one whose first thread has ended" "$(of_nine late.json)" '[["/tmp/secret.d/file"],false]'

# own N: prints the recorded descriptors of a thread that has a table of its own, with N more descriptors.
own() {
	lx -q --fds --format json -o own.json -- cap_left_out 9 own "$1"
	is "own $1: status ($(cat err))" "$status" 0
	of_nine own.json
}

is "a table of its own" "$(own 0)" '[["/tmp/plain.d/file"],false]'
is "a table of its own, too large to be recorded" "$(own 300)" '[[],true]'
