#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernel refuses the module until a restart: because it is locked down, or because module loading is switched off.
# The test checks the findings of `linxcap doctor`, and that a module which was loaded before goes on recording.
# full
# reboots
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

findings() { # WANTED: "STATE NAME TEXT" and " > TODO" of signing and what has failed
	status=0
	linxcap doctor >out 2>err || status=$?
	is "standard error" "$(cat err)" ""
	grep -A1 -E '^(failed|[a-z]+ +signing)' out | grep -E '^(failed|[a-z]+ +signing|  )' | tr -s ' ' >got
	is "findings" "$(cat got)" "$1"
}

VERSION=$(linxcap version | sed -n 's/^linxcap //p')
NONE="failed module not loaded, and there is none for kernel $(uname -r)
 > install linx-dkms (from source: make dkms-install && dkms install linx/$VERSION)"
TRIAL="failed trial cannot open: /dev/linxcap: the module is not loaded; load it with: modprobe linx
 > see 'module' and 'device' above"

case $BOOT in
1)
	mount -t securityfs securityfs /sys/kernel/security || fail "securityfs"
	[ -e /sys/kernel/security/lockdown ] || skip "this kernel has no lockdown"
	findings "ok signing the kernel takes modules without a signature"
	for level in integrity confidentiality; do
		echo $level >/sys/kernel/security/lockdown
		findings "ok signing lockdown is '$level', and the module is loaded"
		is "status" "$status" 0
	done
	rmmod linx || fail "rmmod"
	! insmod "$JOB/linx.ko" 2>err || fail "the kernel is locked down and takes an unsigned module"
	findings "$NONE
warning signing lockdown is 'confidentiality': the kernel may take signed modules only
 > no firmware here takes a key: boot without lockdown= and module.sig_enforce, or sign linx.ko with a key that the kernel has
$TRIAL"
	is "status" "$status" 1
	exec /job/prog/life_reboot idle 2
	;;
2)
	rmmod linx || fail "rmmod"
	echo 1 >/proc/sys/kernel/modules_disabled
	findings "$NONE
failed signing kernel.modules_disabled is 1: no module can be loaded any more
 > have linx loaded before that is set (/etc/modules-load.d), and boot again
$TRIAL"
	is "status" "$status" 1
	exec /job/prog/life_reboot idle 3
	;;
*)
	findings "ok signing the kernel takes modules without a signature"
	is "status" "$status" 0
	;;
esac
