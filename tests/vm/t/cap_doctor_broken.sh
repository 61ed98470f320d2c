#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# On a machine that can record, one part after the other is broken: `linxcap doctor` reports each with the exact text,
# remedy and status, also as JSON.
# full
# timeout: 240
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

VERSION=$(cat /sys/module/linx/version)
NUMBER=$(cat /sys/class/misc/linxcap/dev)

examine() { # WORD... before the command
	status=0
	"$@" linxcap doctor --engine kmod >out 2>err </dev/null || status=$?
	"$@" linxcap doctor --engine kmod --json >json 2>>err </dev/null
	is "$*: standard error" "$(cat err)" ""
}

# finding NAME STATE TEXT TODO: expects that doctor reports exactly this finding, as text and as JSON.
finding() {
	printf '%-8s %-12s %s\n' "$2" "$1" "$3" >want
	[ -z "$4" ] || printf '%-21s > %s\n' "" "$4" >>want
	is "$1" "$(grep -A1 "^[a-z]*  *$1 " out | grep -E "^[a-z]+ +$1 |^ +>")" "$(cat want)"
	is "$1 as JSON" "$(jq -r --arg n "$1" '.checks[] | select(.name == $n) | .state, .text, .todo // ""' json)" \
		"$(printf '%s\n' "$2" "$3" "$4")"
}

# failed NAME...: expects that exactly these checks have failed, and that the exit status and the last line agree with
# that.
failed() { # NAME...
	is "failed ($(cat out))" "$(sed -n 's/^failed *\([a-z]*\) .*/\1/p' out | tr '\n' ' ')" "${*:+$* }"
	is "status" "$status" $(($# > 0))
	is "ok as JSON" "$(jq .ok json)" "$([ $# = 0 ] && echo true || echo false)"
}

node() { # MODE TYPE [NUMBER]
	rm -f /dev/linxcap
	mknod -m "$1" /dev/linxcap "$2" ${3:+${3/:/ }}
}

section() { echo "# $*"; }

# Prints the ending of the names of Debian's kernel packages for this kernel: its flavour, or the architecture if it has
# none.
flavour() {
	case $RELEASE in
	*-[a-z]*) echo "${RELEASE##*[0-9]-}" ;;
	*) [ "$(uname -m)" = x86_64 ] && echo amd64 || echo arm64 ;;
	esac
}

section "the node"
SEE="see 'module' and 'device' above"
TRIGGER="rm /dev/linxcap; udevadm trigger --subsystem-match=misc"
rm /dev/linxcap
examine
failed device trial
finding device failed "/dev/linxcap: No such file or directory, though the module is loaded" \
	"in a container: have the device passed in; else: udevadm trigger --subsystem-match=misc"
finding trial failed "cannot open: /dev/linxcap: the module is not loaded; load it with: modprobe linx" "$SEE"
node 600 p
examine
failed device trial
finding device failed "/dev/linxcap is no device" "$TRIGGER"
node 600 c 1:3
examine
failed device trial
finding device failed "/dev/linxcap is device 1:3, and the module's is $NUMBER" "$TRIGGER"
finding trial failed "cannot open: /dev/linxcap: the module does not speak this library's language (Inappropriate ioctl for device); install module and library of one version" \
	"$SEE; after installing: rmmod linx && modprobe linx"
node 666 c "$NUMBER"
examine
failed
finding device warning "/dev/linxcap has mode 0666: others than its owner may try" "chmod 600 /dev/linxcap, and look for a rule in /etc/udev/rules.d"
node 600 c "$NUMBER"
examine
failed
finding device ok "/dev/linxcap, mode 0600, user 0" ""

section "rights"
AS_ROOT="run as root, or with CAP_PERFMON and CAP_SYS_PTRACE"
SEE="see 'rights' and 'confinement' above"
DENIED="cannot open: /dev/linxcap: no permission; $AS_ROOT"
examine setpriv --bounding-set -sys_ptrace
failed rights trial
finding rights failed "this process lacks CAP_SYS_PTRACE" "$AS_ROOT"
finding trial failed "$DENIED" "$SEE"
examine setpriv --bounding-set -perfmon,-sys_admin
failed rights trial
finding rights failed "this process lacks CAP_PERFMON (or CAP_SYS_ADMIN)" "$AS_ROOT"
finding trial failed "$DENIED" "$SEE"
examine setpriv --bounding-set -sys_admin
failed
examine setpriv --reuid 1000 --clear-groups
failed rights trial
finding trial failed "$DENIED" "$SEE"
examine unshare --user --map-root-user
failed rights trial
finding rights failed "this process is in a user namespace: capabilities there do not count" \
	"run outside of the container, or in one without a user namespace"
finding trial failed "$DENIED" "$SEE"

section "confinement"
examine cap_confined allow
failed
finding confinement note "a seccomp filter is on this process: it may refuse calls that recording needs" ""
examine cap_confined refuse
failed trial
finding trial failed "$DENIED" "$SEE"
examine unshare --pid --fork --mount-proc
failed
finding confinement note "in a pid namespace: events have the numbers of the initial one" ""
mkdir -p /run/systemd
echo lxc >/run/systemd/container
examine
failed
finding confinement note "in a container (lxc): recording is of the whole machine, with its process numbers" \
	"pass /dev/linxcap in, and give CAP_PERFMON and CAP_SYS_PTRACE"
rm /run/systemd/container

section "memory"
PARAMETER=/sys/module/linx/parameters/memory_percent
background --buffer 16M -o /dev/null -e getppid
echo 1 >$PARAMETER
examine
failed trial
finding trial failed "cannot open: no memory for rings of 65536 bytes per CPU; ask for less with a smaller buffer size" \
	"end other recordings (fuser -v /dev/linxcap shows them), or raise memory_percent of the module"
kill "$pid"
ended
echo 0 >$PARAMETER
examine
failed trial
has "nothing is granted" out '^warning +memory +rings of 8 MB for each CPU are [0-9]+ MB; the module grants 0, [0-9]+ are free: they will be smaller$'
finding trial failed "cannot open: buffer size 65536: too large; the module grants 0 bytes to all $(nproc) CPUs together" \
	"raise memory_percent or ring_max_mb of the module (/sys/module/linx/parameters)"
echo 25 >$PARAMETER

section "clock"
CLOCK=/sys/devices/system/clocksource/clocksource0
if grep -qw acpi_pm $CLOCK/available_clocksource; then
	before=$(cat $CLOCK/current_clocksource)
	echo acpi_pm >$CLOCK/current_clocksource
	examine
	failed
	finding clock warning "acpi_pm is slow to read: each event costs more" \
		"see why the kernel does not use the tsc: dmesg | grep -i -e tsc -e clocksource"
	echo "$before" >$CLOCK/current_clocksource
fi

section "another tracer"
echo 1 >/sys/kernel/tracing/events/raw_syscalls/enable
examine
failed
finding tracers note "ftrace records system calls as well (/sys/kernel/tracing/events/raw_syscalls)" ""
echo 0 >/sys/kernel/tracing/events/raw_syscalls/enable
examine
finding tracers ok "no other is seen" ""

section "the next kernel"
mkdir -p /lib/modules/99.1.0-amd64/kernel
examine
failed
finding next warning "kernel 99.1.0-amd64, which boots next, has no module" "install that kernel's headers and linx-dkms"
rm -r /lib/modules/99.1.0-amd64

section "the service"
mkdir -p /etc/systemd/system/multi-user.target.wants /run/systemd/system /run/systemd/units
ln -s /usr/lib/systemd/system/linxcap-record.service /etc/systemd/system/multi-user.target.wants
examine
failed
finding service warning "linxcap-record is enabled and does not run" \
	"see why: journalctl -u linxcap-record, then: systemctl reset-failed linxcap-record; systemctl restart linxcap-record"
ln -s 0123456789abcdef /run/systemd/units/invocation:linxcap-record.service

section "cgroups"
mount -t tmpfs cgroups /sys/fs/cgroup
examine
failed
finding cgroup note "none mounted" ""
finding next ok "no newer kernel is seen" ""
finding service ok "linxcap-record runs" ""
rm -r /etc/systemd /run/systemd
mkdir /sys/fs/cgroup/memory
examine
finding cgroup note "version 1" ""
mkdir /sys/fs/cgroup/unified
mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
examine
finding cgroup note "versions 1 and 2 together: memory of rings is charged by version 1" ""
umount /sys/fs/cgroup/unified /sys/fs/cgroup

section "the module"
RELEASE=$(uname -r)
SEE="see 'module' and 'device' above"
echo 13 >/etc/debian_version
rmmod linx || fail "rmmod"
examine
failed module trial
finding module failed "not loaded, and there is none for kernel $RELEASE" \
	"install linx-dkms (from source: make dkms-install && dkms install linx/$VERSION)"
finding headers warning "none for kernel $RELEASE: the module cannot be built here" \
	"apt install linux-headers-$RELEASE; if the archive no longer has it: apt install linux-image-$(flavour) linux-headers-$(flavour), and boot that kernel"
finding dkms note "does not know linx: the module is not built anew for another kernel" "install linx-dkms"
finding device note "/dev/linxcap is left over: there is no module behind it" "rm /dev/linxcap, before the module is loaded"
finding trial failed "cannot open: /dev/linxcap: no module behind it; load it with: modprobe linx" "$SEE"
rm /dev/linxcap
examine
failed module trial
finding device note "no /dev/linxcap: it comes with the module" ""
finding trial failed "cannot open: /dev/linxcap: the module is not loaded; load it with: modprobe linx" "$SEE"
finding tracepoints ok "system calls have them" ""
umount /sys/kernel/tracing /sys/kernel/debug
examine
finding tracepoints note "not known: neither tracefs nor /boot/config-$RELEASE is there" "mount -t tracefs tracefs /sys/kernel/tracing"
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
LC_ALL=C sed "s/\bversion=$VERSION/version=0.0.9/" "$JOB/linx.ko" >old.ko
insmod old.ko || fail "insmod of another version"
examine
failed
finding module warning "version 0.0.9 is loaded, and this command is $VERSION" \
	"install one version of both, then: rmmod linx && modprobe linx"
rmmod linx
insmod "$JOB/linx.ko" || fail "insmod"
examine
failed
finding module ok "loaded, version $VERSION" ""
