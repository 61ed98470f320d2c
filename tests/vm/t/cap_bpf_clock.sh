#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# t/life_clock under the engine bpf: the wall clock is set during the recording.
# full
# kernels: 6.1 6.12 7.2
# timeout: 240
. "$JOB/guest/t.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/life_clock.sh"
