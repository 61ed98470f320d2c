#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A task leaves the user that a filter selects: under both engines, the last recorded call of the task is the call by
# which it leaves.
# full
# kernels: 6.1 6.12 7.2
# timeout: 180
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
# A process calls setresuid (117) twice: the first call sets the real uid to the user of the filter, the second one to
# another user.
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
