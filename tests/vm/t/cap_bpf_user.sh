#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The call by which a task leaves the filter of users is its last one that is recorded, under both engines.
# full
# kernels: 6.1 6.12 7.2
# timeout: 180
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
# setresuid is call 117: into the filter, which is of real ids, and out of it.
cat >who.pl <<'END'
getppid;
syscall(117, 1000, 1000, 0);
getppid;
syscall(117, 0, 0, 0);
getppid;
END
for engine in kmod bpf; do
	background --engine $engine -u 1000 -e trace=setresuid,getppid --format strace -o out
	perl who.pl
	kill -INT "$pid"
	ended
	is "$engine: status ($(cat err))" "$status" 0
	is "$engine: calls ($(cat out))" "$(grep -oE '(setresuid|getppid)\([0-9]*' out | tr '\n' ' ')" "setresuid(1000 getppid( setresuid(0 "
done
