#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The checks of t/http_snap, t/http_basic and t/http_bad under the engine bpf: HTTP headers, a real server with its
# client, and conversations that are hard to follow.
# full
# kernels: 6.1 6.12 7.2
# timeout: 900
. "$JOB/guest/t.sh"
. "$JOB/guest/bpf.sh"
. "$JOB/t/http_snap.sh"
. "$JOB/t/http_basic.sh"
. "$JOB/t/http_bad.sh"
