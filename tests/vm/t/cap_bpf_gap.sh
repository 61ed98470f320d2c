#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rings that are far too small (t/cap_gap), with the engine bpf. Kernels from Linux 7.0 on may skip runs of the engine's
# eBPF programs, so they are left out.
# full
# kernels: 6.1 6.12
# timeout: 500
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
smallest=128K small=256K
. "$JOB/t/cap_gap.sh"

# All calls are made while the reader is stopped. Therefore the losses are at the end of the stream, and no record
# follows them. Gap events must report them nevertheless.
rm -f go made
perl -e 'select(undef, undef, undef, 0.1) until -e "go"; syscall(110) for 1 .. 100000; open(F, ">", "made"); sleep 1000' &
many=$!
background -p $many -e trace=getppid --format json -o g.json --buffer 128K --stats=g.stats
kill -STOP "$pid"
touch go
soon test -e made
kill -CONT "$pid"
kill -INT "$pid"
ended
kill $many
is "in the end: status ($(cat err))" "$status" 0
accounts "in the end" g.stats
holds "in the end: something is lost" g.stats '.lost.full > 1000'
is "in the end: gap events report the losses" "$(lost_by_gaps g.json)" "$(jq '[.lost[]] | add' g.stats)"
