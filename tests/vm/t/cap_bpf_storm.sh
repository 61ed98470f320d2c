#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The snapshot of the engine bpf joins the later events without a gap, in a storm of forks and dups, as t/cap_snapshot
# checks for the module. Only on kernels that skip no runs of eBPF programs.
# full
# kernels: 6.1 6.12
# timeout: 500
. "$JOB/guest/cap.sh"
. "$JOB/guest/snapshot.sh"
. "$JOB/guest/bpf.sh"

cd /tmp || exit 1
record
compare
