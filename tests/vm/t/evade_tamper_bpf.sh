#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Interference with the engine bpf, its reader or its eBPF objects is reported, as with the module (t/evade_tamper).
# full
# timeout: 300
# kernels: 6.1 6.12 7.2
engine=bpf
. "$JOB/t/evade_tamper.sh"
