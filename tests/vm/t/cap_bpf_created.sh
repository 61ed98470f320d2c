#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf records whether an open created its file, as cap_created tests it for the module.
# full
# kernels: 6.1 7.2
# timeout: 600
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/cap_created.sh"
