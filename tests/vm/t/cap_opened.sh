#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The open files of a process, as --fds shows them, equal its /proc/self/fd: a program makes every kind of change, and
# both live lines and a replayed capture are compared.
# timeout: 200
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
failures=0

same() { # NAME LIST JSON MIN
	"$JOB/guest/same-fds" "$2" "$3" "$4" >found 2>&1 || {
		echo "FAIL: $1"
		cat found
		failures=$((failures + 1))
	}
	echo "# $1: $(tail -n 1 found)"
}

steps() {
	linxcap -q --fds --format json -o live.json -- cap_opened >live.list 2>err || fail "live: $(cat err)"
	same "every kind of change" live.list live.json 13
	linxcap -q --fds -w f.cap -- cap_opened >file.list 2>err || fail "record: $(cat err)"
	linxcap -q --fds -r f.cap --format json >file.json 2>err || fail "replay: $(cat err)"
	same "the same, replayed" file.list file.json 13
}

# Calls that change a descriptor table are recorded even if they are not selected.
narrow() {
	linxcap -q --fds -e getpgid --format json -o narrow.json -- cap_opened >narrow.list 2>err || fail "narrow: $(cat err)"
	same "other calls were not selected" narrow.list narrow.json 13
	! grep -q '"syscall":"openat"' narrow.json || fail "-e getpgid: an openat is shown"
}

steps
narrow
[ "$failures" = 0 ]
