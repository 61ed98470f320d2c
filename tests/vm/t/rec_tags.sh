#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A path that ends at memory with another tag is recorded whole, although reading a word across that border faults.
# arches: arm64
# full
. "$JOB/guest/t.sh"

linxcap --no-resolved --format strace -e trace=openat -o /tmp/out -- /job/prog/rec_tags
case $? in
0) ;;
77) skip "this machine has no memory tags" ;;
*) fail "the program failed" ;;
esac
is "the path" "$(grep -c 'openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = ' /tmp/out)" 1 || cat /tmp/out
