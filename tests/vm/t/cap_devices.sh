#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Terminals and sound cards share an ioctl command: the device behind the descriptor decides which name linxcap prints
# for it, even if no paths were requested. The descriptor in a siginfo has its path, in 32-bit programs, too.
# quick
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
for program in cap_devices "cap_devices.$narrow"; do
	linxcap strace -o out -e trace=ioctl $program 2>err || fail "$program: $(cat err)"
	is "$program: of a terminal ($(cat out))" "$(grep -Ec '^ioctl\([0-9]+, TCSETS,' out)" 1
	is "$program: of another device" "$(grep -Ec '^ioctl\([0-9]+, SNDCTL_TMR_START or TCSETS,' out)" 1
	linxcap strace -y -o out -e trace=rt_sigqueueinfo,rt_tgsigqueueinfo $program 2>err || fail "$program: $(cat err)"
	is "$program: of a siginfo ($(tail -n 4 out))" "$(grep -Ec 'si_fd=[0-9]+</dev/null>' out)" 100
done

# A recording to a file is made by the module's fast path, which must record the same descriptors.
for program in cap_devices "cap_devices.$narrow"; do
	linxcap -q -y -e trace=rt_sigqueueinfo,rt_tgsigqueueinfo -w f.cap -- $program 2>err || fail "$program: $(cat err)"
	linxcap -q -y -r f.cap --format strace >out 2>err || fail "$program: replay: $(cat err)"
	is "$program: recorded, of a siginfo ($(tail -n 4 out))" "$(grep -Ec 'si_fd=[0-9]+</dev/null>' out)" 100
done
