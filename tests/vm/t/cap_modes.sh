#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Lines of strace's that say in which mode a process runs, at the places where strace has them.
# timeout: 240
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

# Numbers of tasks differ between two runs.
plain() { sed -E 's/PID=[0-9]+/PID=N/; s/\[pid +[0-9]+\]/[pid N]/; s/= [0-9]{2,}$/= N/; s/0x[0-9a-f]{6,}/ADDR/g; s/si_pid=[0-9]+/si_pid=N/; s/si_[us]time=[0-9]+/si_time=N/g'; }

# compares OPTIONS...: the lines of the calls, and what is said between them
compares() {
	strace -e trace=getpid,wait4 "$@" cap_modes 2>&1 | plain >truth
	linxcap strace -e trace=getpid,wait4 "$@" cap_modes 2>&1 | plain >mine
	grep -q getpid truth || fail "strace $*: $(cat truth)"
	diff truth mine >d || fail "$*: $(cat d)"
}

# Without a filter in the kernel strace hears of each call, and of its mode; linxcap of those that are asked for.
for options in '' -f -q --quiet=personality --quiet=exit,attach '-f -q'; do compares $options; done
[ "$(uname -m)" = x86_64 ] || exit 0
linxcap strace -f -e trace=getpid,wait4 cap_modes 2>&1 | grep -c 'runs in 32 bit mode' >n
[ "$(cat n)" = 4 ] || fail "$(cat n) times 32 bit mode"
for silent in '-o out' '-ff -o out'; do
	linxcap strace $silent cap_modes || fail "$silent: $?"
	! grep -q 'runs in' out* || fail "$silent: $(grep 'runs in' out*)"
done
linxcap strace -o out --quiet=exit cap_modes 2>/dev/null && grep -q 'runs in 32 bit mode' out || fail "a file, --quiet=exit: $(cat out)"
# Executed programs: strace says it within the line of execve, linxcap before the next call.
linxcap strace sh -c 'exec cap_modes.i386' 2>&1 | grep 'runs in' | plain >mine
echo '[ Process PID=N runs in 32 bit mode. ]' | diff - mine >d || fail "a 32-bit program: $(cat d)"
