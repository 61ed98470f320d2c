#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf begins and ends, and records all calls in between. The selection needs all programs: those at entries
# for exit_group, which never returns, and those of io_uring for openat.
# quick
# kernels: 5.10 6.1 6.12 7.2
# timeout: 240
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"
lx --engine bpf -e trace=getppid,openat,exit_group -w a.cap --stats=s -- cap_storm 1 1000
is "status ($(cat err))" "$status" 0
accounts "begun" s
holds "all calls" s '(.skipped // 0) as $k | .calls.getppid.selected | . <= 1000 and . + $k >= 1000'
