#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules on files whose inode numbers are used again, and on files that are opened by a handle, in a FUSE file system.
# params: enforce=1
# timeout: 90
. "$JOB/guest/t.sh"

[ ! -e "$JOB/fuse.ko" ] || insmod "$JOB/fuse.ko"
[ -e /dev/fuse ] || skip "this kernel has no FUSE"
deny_numbers || fail "numbers or handles"
