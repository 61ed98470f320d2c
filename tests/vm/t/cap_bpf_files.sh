#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The open files of a process, as --fds shows them by the engine bpf, equal /proc/self/fd: every kind of change, and
# files that 32-bit programs open.
# full
# kernels: 6.1 6.12 7.2
# timeout: 200
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/cap_opened.sh" || exit 1

linxcap -q --fds -w narrow.cap -- "cap_threads.$narrow" >out 2>err
linxcap -q --fds -r narrow.cap --format json >narrow.json 2>err || fail "$narrow: replay: $(cat err)"
jq -c 'select(.kind == "syscall" and (.syscall | endswith("lseek")) and .dir == "exit") | .args.fd as $n | [.fds[] | select(.fd == $n) | .path]' narrow.json | sort -u >paths
is "$narrow: what is open" "$(cat paths)" '["/dev/zero"]'
[ "$failures" = 0 ]
