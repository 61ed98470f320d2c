#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A task changes its state while a filter excludes it (t/cap_left_out), with the engine bpf.
# full
# kernels: 6.1 7.2
# timeout: 500
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/cap_left_out.sh"
