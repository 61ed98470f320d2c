#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What leads to alerts (--alert-capture), by the engine of eBPF programs.
# full
# kernels: 6.1 7.2
# timeout: 900
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
# The kernel of a slow guest verifies programs of the next session for half a minute, and what is recorded meanwhile is looked at, too.
buffer=64M
. "$JOB/t/cap_flight.sh"
