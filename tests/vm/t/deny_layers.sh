#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules on files of an overlay and of its layers: the credentials that count, and names that the kernel has forgotten.
# with: rules
# params: enforce=1
# timeout: 90
. "$JOB/guest/t.sh"

[ ! -e "$JOB/overlay.ko" ] || insmod "$JOB/overlay.ko"
grep -qw overlay /proc/filesystems || skip "no overlayfs for this kernel"
deny_layers || fail "rules on an overlay"
