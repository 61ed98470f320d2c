#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf records an operation of an io_uring with the same content as the corresponding call, as the module does
# (t/cap_uring_same).
# full
# kernels: 6.1 6.12 7.2
# timeout: 400
. "$JOB/guest/t.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/cap_uring_same.sh"
