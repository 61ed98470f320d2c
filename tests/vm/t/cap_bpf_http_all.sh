#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Headers of HTTP, a real server with its client, and conversations that are hard to follow, by the engine of eBPF
# programs: all that t/http_snap, t/http_basic and t/http_bad ask of the module.
# full
# kernels: 6.1 6.12 7.2
# timeout: 900
. "$JOB/guest/t.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/http_snap.sh"
. "$JOB/t/http_basic.sh"
. "$JOB/t/http_bad.sh"
