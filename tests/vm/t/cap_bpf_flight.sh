#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What leads to alerts (--alert-capture), by the engine of eBPF programs.
# full
# kernels: 6.1 7.2
# timeout: 600
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/cap_flight.sh"
