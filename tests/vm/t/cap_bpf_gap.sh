#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rings that are far too small (t/cap_gap), by the engine of eBPF programs. Later kernels leave out runs of them.
# full
# kernels: 6.1 6.12
# timeout: 500
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
smallest=128K small=256K
. "$JOB/t/cap_gap.sh"
