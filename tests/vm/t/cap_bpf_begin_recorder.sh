#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A flight recorder of the engine bpf, which has eBPF programs of its own, begins and ends, and has all calls in
# between.
# full
# kernels: 5.10 6.1 6.12 7.2
# timeout: 240
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"
lx --engine bpf --mode recorder -e trace=getppid,openat,exit_group -w b.cap --stats=s -- cap_storm 1 1000
is "recorder: status ($(cat err))" "$status" 0
accounts "recorder" s
holds "recorder: all calls" s '(.skipped // 0) as $k | .calls.getppid.selected | . <= 1000 and . + $k >= 1000'
