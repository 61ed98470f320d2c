#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf captures HTTP headers whole, and cuts other buffers (option --http).
# full
# kernels: 6.1 6.12 7.2
# timeout: 300
. "$JOB/guest/t.sh"
. "$JOB/guest/http_snap.sh"
. "$JOB/guest/bpf.sh"

linxcap --http -w /tmp/cap -- http_snap || fail "http_snap"
check "a command"
linxcap --http -yy -w /tmp/cap -- "http_snap.$narrow" || fail "http_snap.$narrow with descriptors"
check "32 bits, with descriptors"
. "$JOB/t/http_uring.sh"
