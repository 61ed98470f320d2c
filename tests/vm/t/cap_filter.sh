#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A socket filter (setsockopt SO_ATTACH_FILTER) is recorded up to the length of a record, and a longer one is marked as
# cut.
# quick
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
for program in cap_filter; do
	lx -q -e trace=setsockopt --format json -o json -- $program
	is "$program: status ($(cat err))" "$status" 0
	jq -c 'select(.syscall == "setsockopt") | .args.optval.filter | [length, .[-1].state, .[-1].k, .[-2].k]' json >got
	is "$program: 600 instructions" "$(sed -n 1p got)" '[600,null,599,598]'
	is "$program: 2000 instructions" "$(sed -n 2p got)" '[2000,null,1999,1998]'
	is "$program: more than a record carries" "$(sed -n 3p got | jq -c '[.[0] > 2000, .[1], .[0] - 2 == .[3]]')" '[true,"truncated",true]'
done
