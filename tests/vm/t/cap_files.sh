#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A recording into several files, while a program makes numbered calls: each file is complete by itself, and together
# the files have every call, whether a new file is begun by time, by size or by SIGHUP.
# full
# timeout: 400
# arches: arm64
. "$JOB/guest/cap.sh"
. "$JOB/guest/files.sh"

CALLS=5000

cd /tmp || exit 1

linxcap -q -e lseek -w f -G 1 -C 100K -W 500 2>live &
pid=$!
# The file exists before the recording begins; therefore the test waits for a recorded call in it.
soon is_recorded f
numbered_calls &
calls=$!
sleep 0.5
kill -HUP $pid
wait $calls
sleep 1
kill $pid
wait $pid || fail "status $?: $(cat live)"
is "said" "$(cat live)" ""
all_there $CALLS f.*

# Each file has the process's context.
for f in f.*; do
	linxcap -r "$f" -q --format json | jq -r 'select(.syscall == "lseek" and .args.fd == 500) | .comm' | sort -u >comms
	[ ! -s comms ] || is "comm in $f" "$(cat comms)" perl
done
