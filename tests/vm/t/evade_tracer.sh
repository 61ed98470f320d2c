#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A tracer changes an argument of its tracee's call: the changed argument is recorded, not the one that the tracee
# passed.
# quick
# arches: arm64
. "$JOB/guest/cap.sh"

mkdir /tmp/shown /tmp/taken
cd /tmp || exit 1

# recorded WHAT OPTION...: prints each event of the call.
recorded() {
	local what=$1
	shift
	lx "$@" --format json -o t.json -- cap_tracer
	is "$what: status ($(cat err))" "$status" 0
	is "$what: where it went" "$(cat out)" /tmp/taken
	is "$what" "$(jq -r 'select(.syscall == "chdir") | "\(.dir) \(.args | to_entries[0].value) \(.ret)"' t.json)" "$want"
}

want='exit /tmp/taken 0'
recorded "alone" -e trace=chdir
recorded "among all"
want="enter /tmp/taken null
$want"
recorded "with entries" --entry
