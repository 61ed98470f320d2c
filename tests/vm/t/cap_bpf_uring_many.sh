#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf with an io_uring that a kernel thread polls (SQPOLL), with filters, and with many operations at a time.
# full
# kernels: 6.1 6.12 7.2
# timeout: 400
. "$JOB/guest/t.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/cap_uring_many.sh"
