#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is there when the engine of eBPF programs begins to record joins what happens from then on, in a storm of forks and
# dups: as t/cap_snapshot asks of the module, on kernels that skip no runs.
# full
# kernels: 6.1 6.12
# timeout: 500
. "$JOB/guest/cap.sh"
. "$JOB/guest/snapshot.sh"
. "$JOB/guest/bpf.sh"

cd /tmp || exit 1
record
compare
