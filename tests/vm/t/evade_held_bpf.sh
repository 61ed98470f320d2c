#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A command line in memory that never becomes present holds the engine bpf for a second at most, when the engine lists
# the processes that existed before.
# full
# kernels: 6.1 6.12 7.2
# timeout: 200
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"

cd /tmp || exit 1
[ ! -e "$JOB/fuse.ko" ] || insmod "$JOB/fuse.ko"
[ -e /dev/fuse ] || skip "this kernel has no FUSE"

cap_evade stall >stall.out &
soon grep -q ^stall stall.out
stall=$(cut -d ' ' -f 2 stall.out)
linxcap -q --format json --stats=stats -o s.json -e trace=getppid -n 10 2>err &
reader=$!
# The reader has done its work. But its thread that reads cap_evade's command line waits for a page of the file system
# that cap_evade serves; it cannot end before cap_evade is killed.
soon [ -s stats ]
kill -KILL "$stall"
wait "$reader" || fail "status $? ($(cat err))"
accounts held stats
is "the program is described" "$(count s.json ".kind == \"task\" and .pid == $stall")" 1
is "without its command line" "$(jq -r "select(.kind == \"task\" and .pid == $stall) | .argv.state" s.json)" unreadable
