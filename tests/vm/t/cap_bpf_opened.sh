#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The open files of a process, as --fds shows them by the engine bpf, where threads open and dup in one table while
# children copy it.
# full
# kernels: 6.1 6.12 7.2
# timeout: 500
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
need_paths
cd /tmp || exit 1

# storm NAME OPTION...: compares the descriptors, unless the kernel skipped runs of eBPF programs: the changes that
# these runs would have recorded are unknown.
storm() { # NAME OPTION...
	local name=$1 compared stale _
	shift
	linxcap -q --fds -e getpgid --stats=storm.stats -w storm.cap "$@" -- cap_opened 2 >storm.list 2>err || fail "$name: $(cat err)"
	accounts "$name" storm.stats
	linxcap -q --fds -r storm.cap --format json >storm.json 2>err || fail "$name: replay: $(cat err)"
	if [ "$(jq '.skipped // 0' storm.stats)" != 0 ]; then
		echo "# $name: $(jq .skipped storm.stats) runs were skipped"
		return
	fi
	"$JOB/guest/same-fds" storm.list storm.json 20 >found 2>&1 || fail "$name: $(cat found)"
	read -r compared _ _ stale _ < <(tail -n 1 found)
	[ "$compared" -gt "$stale" ] || fail "$name: most is not decided: $(tail -n 1 found)"
}

storm "threads and children"
storm "of one user" -u 0
