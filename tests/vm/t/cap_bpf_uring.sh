#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf records operations of io_uring as the module does (t/cap_uring).
# full
# kernels: 6.1 6.12 7.2
# timeout: 400
. "$JOB/guest/t.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/cap_uring.sh"
