#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The machine goes down during a recording, first by kexec, then by a restart; each time it boots again and records.
# reboots
# full
# timeout: 120
. "$JOB/guest/t.sh"

case $BOOT in
1)
	# The next kernel's initrd is this root file system, without the file systems that are mounted in it.
	(cd / && find . -xdev | cpio -o -H newc >/run/initrd) 2>/dev/null
	/job/prog/life_reboot kexec /job/vmlinuz /run/initrd "$(cat /proc/cmdline) linx_boot=2"
	[ $? = 77 ] && exec /job/prog/life_reboot restart nokexec
	fail "no kexec"
	;;
2) exec /job/prog/life_reboot restart 3 ;;
*)
	/job/prog/life_reboot check || exit 1
	[ "$BOOT" = 3 ] || skip "restarted, and recorded again; but this kernel knows no kexec"
	;;
esac
