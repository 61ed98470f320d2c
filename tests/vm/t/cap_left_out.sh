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
