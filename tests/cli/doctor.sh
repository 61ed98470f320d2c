# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# `linxcap doctor` on a simulated machine, which is a directory of files: each test begins with a machine that works,
# and breaks one thing.

VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$LINX_ROOT/dkms.conf")
RELEASE=6.1.0-50-amd64

put() { # FILE TEXT
	mkdir -p "root/${1%/*}"
	printf '%b\n' "$2" >"root/$1"
}

machine() {
	rm -rf root
	put proc/sys/kernel/osrelease $RELEASE
	put proc/modules 'linx 1 0'
	put proc/self/status 'CapEff:\t000001ffffffffff\nSeccomp:\t0'
	put proc/self/uid_map '         0          0 4294967295'
	mkdir -p root/proc/self/ns
	ln -s 'pid:[4026531836]' root/proc/self/ns/pid
	put proc/meminfo 'MemTotal: 4000000 kB\nMemFree: 1 kB\nMemAvailable: 3000000 kB'
	put sys/module/linx/version "$VERSION"
	put sys/module/linx/parameters/memory_percent 25
	put sys/devices/system/cpu/online 0-3
	put sys/devices/system/clocksource/clocksource0/current_clocksource tsc
	put sys/fs/cgroup/cgroup.controllers memory
	put sys/kernel/security/lockdown '[none] integrity confidentiality'
	mkdir -p root/sys/firmware/efi
	put lib/modules/$RELEASE/build/Makefile ''
	put "var/lib/dkms/linx/$VERSION/$RELEASE/x86_64/module/linx.ko" ''
	put "usr/src/linx-$VERSION/dkms.conf" ''
	mkdir root/dev
	mknod -m 600 root/dev/linxcap c 1 3 2>/dev/null || skip "no right to make a device"
}

not_loaded() { rm -rf root/sys/module/linx root/dev/linxcap root/proc/modules && put proc/modules ''; }

# finds STATUS CHECK STATE TEXT TODO: expects this finding, in text and in JSON (TEXT and TODO are patterns), and the
# exit status.
finds() {
	lx doctor --root root
	is_status "$1"
	has out "^$3 +$2 +.*$4"
	if [ -n "$5" ]; then
		grep -A1 "^$3 *$2 " out | tail -n 1 >todo
		has todo "^ +> .*$5"
	fi
	lx doctor --root root --json
	is_status "$1"
	jq -e --arg n "$2" --arg s "$3" --arg t "$4" --arg d "$5" \
		'.checks[] | select(.name == $n) | .state == $s and (.text | test($t)) and ((.todo // "") | test($d))' out >/dev/null ||
		broken "the JSON of $2 differs"
}

no_todo() { jq -e --arg n "$1" '.checks[] | select(.name == $n) | .todo == null' out >/dev/null || broken "$1 prints what to do"; }

test_all_is_well() {
	machine
	lx doctor --root root
	is_status 0
	is_silent
	has out '^This machine can record\.$'
	lacks out '^(failed|warning)'
	[ "$(grep -c '^ok ' out)" = 16 ] || broken "not all are ok"
	lx doctor --root root --json
	jq -e ".ok and .version == \"$VERSION\" and (.checks | length) == 20" out || broken "JSON"
}

test_kernels() {
	local newest
	machine
	put proc/sys/kernel/osrelease 4.19.0-27-amd64
	finds 1 kernel failed '4\.19\.0-27-amd64 is older than 5\.10' 'newer kernel'
	put proc/sys/kernel/osrelease 6.3.1
	finds 0 kernel ok 'between tested' ''
	newest=$(sed -nE 's/^([0-9]+\.[0-9]+)[ \t-].*/\1/p' "$LINX_ROOT/tests/vm/kernels.list" | sort -V | tail -n 1)
	put proc/sys/kernel/osrelease 99.1.0
	finds 0 kernel note "newer than $newest" ''
}

test_module() {
	machine
	put sys/module/linx/version 9.9
	finds 0 module warning 'version 9\.9 is loaded' 'rmmod linx && modprobe linx'
	# Files below another root directory may have any bytes, which must not control the terminal.
	put sys/module/linx/version '9\033[31m\rok'
	finds 0 module warning 'version 9\\33\[31m\\rok is loaded' 'rmmod linx && modprobe linx'
	lacks out $'\e'
	not_loaded
	finds 1 module failed "none for kernel $RELEASE" "dkms install linx/$VERSION -k $RELEASE"
	put lib/modules/$RELEASE/updates/dkms/linx.ko.xz ''
	finds 0 module note "one for this kernel: /lib/modules/$RELEASE/updates/dkms/linx.ko.xz" 'modprobe linx'
	rm -r root/lib/modules/$RELEASE/updates root/lib/modules/$RELEASE/build
	finds 1 module failed 'none for kernel' "headers \\(see 'headers' below\\): DKMS then builds it"
	rm -r root/usr/src
	finds 1 module failed 'none for kernel' 'install linx-dkms'
}

# If an earlier version of the module is loaded, doctor advises to load the module again. If no module of this version
# is built for the running kernel, doctor advises to install one first.
test_module_of_the_version_before() {
	machine
	put sys/module/linx/version 0.0.9
	put lib/modules/$RELEASE/updates/dkms/linx.ko ''
	finds 0 module warning 'version 0\.0\.9 is loaded' 'rmmod linx && modprobe linx$'
	lacks out 'install one|dkms install'
	mv "root/var/lib/dkms/linx/$VERSION/$RELEASE" "root/var/lib/dkms/linx/$VERSION/6.1.0-51-amd64"
	finds 0 module warning 'version 0\.0\.9 is loaded' "dkms install linx/$VERSION -k $RELEASE && rmmod linx && modprobe linx$"
	rm -r root/lib/modules/$RELEASE/build
	finds 0 module warning 'version 0\.0\.9 is loaded' "headers \\(see 'headers' below\\), then: dkms install linx/$VERSION -k $RELEASE && rmmod"
	put lib/modules/$RELEASE/build/Makefile ''
	not_loaded
	finds 1 module note 'one for this kernel' "dkms install linx/$VERSION -k $RELEASE && modprobe linx$"
	rm -r "root/var/lib/dkms/linx/$VERSION"
	put sys/module/linx/version 0.0.9
	finds 1 module warning 'version 0\.0\.9 is loaded' 'install one version of both, then: rmmod'
}

test_kernel_without_modules() {
	local where
	machine
	put etc/debian_version 12
	not_loaded
	put boot/config-$RELEASE 'CONFIG_TRACEPOINTS=y\nCONFIG_HAVE_SYSCALL_TRACEPOINTS=y'
	rm root/proc/modules
	rm -r root/lib/modules/$RELEASE root/var/lib/dkms
	for where in proc config; do
		finds 1 module failed 'cannot load modules' 'CONFIG_MODULES'
		finds 1 headers note 'of no use: this kernel cannot load modules' ''
		no_todo headers
		finds 1 dkms note 'of no use: this kernel cannot load modules' ''
		no_todo dkms
		finds 1 signing note 'of no use: this kernel cannot load modules' ''
		no_todo signing
		# The kernel's configuration is read from /boot if there is no /proc, as in the image of a machine that
		# does not run.
		[ $where = config ] || mv root/proc root/no-proc
		mkdir -p root/lib/modules/$RELEASE
	done
	mv root/no-proc root/proc
	put proc/modules ''
	finds 1 headers warning "none for kernel $RELEASE" 'apt install'
}

# follows PACKAGE VERSION RELEASE: prints the entry, in dpkg's status file, of a package that always depends on the
# newest kernel.
follows() { printf '%s\n' "Package: $1\\nStatus: install ok installed\\nVersion: $2\\nDepends: linux-image-$3 (= $2)\\n\\n"; }

test_headers_and_dkms() { # full
	local log='CC probe.o\nprobe.c:7: error: no such thing\nmake: Error 1'
	machine
	rm -r root/lib/modules/$RELEASE/build
	finds 0 headers note "none for kernel $RELEASE" "install the headers of kernel $RELEASE from your distribution$"
	put usr/bin/rpm ''
	finds 0 headers note "none for kernel $RELEASE" "dnf install kernel-devel-$RELEASE$"
	put etc/debian_version 12
	finds 0 headers note "none for kernel $RELEASE" \
		"apt install linux-headers-$RELEASE; if the archive .*: apt install linux-image-amd64 linux-headers-amd64, and boot that kernel$"
	# A suite may have several packages that depend on the newest kernel.
	put var/lib/dpkg/status "Package: a\nVersion: 1\nDepends: linux-image-$RELEASE\n\n$(
		follows linux-image-amd64 6.1.50-1 $RELEASE)$(
		follows linux-image-6.12-cloud-amd64 6.12.9-1~deb12u1 6.12.9+deb12-cloud-amd64)$(
		follows linux-image-rt-amd64 6.12.9-1~bpo12+1 6.12.9+deb13-rt-amd64)"
	finds 0 headers note "none for kernel $RELEASE" \
		"apt install linux-headers-amd64 linux-headers-$RELEASE \(the first follows later kernels\); if the archive .* boot the newest kernel$"
	put proc/sys/kernel/osrelease 6.12.9+deb12-cloud-amd64
	finds 0 headers note 'none for kernel 6.12.9' 'apt install linux-headers-6.12-cloud-amd64 linux-headers-6.12.9\+deb12-cloud-amd64 '
	put etc/os-release 'NAME="Debian"\nID=debian'
	finds 0 headers note 'none for kernel 6.12.9' 'apt install linux-headers-6.12-cloud-amd64 linux-headers-6.12.9'
	put proc/sys/kernel/osrelease 6.12.9+bpo-cloud-amd64
	finds 0 headers note 'none for kernel 6.12.9' 'apt install linux-headers-6.12.9\+bpo-cloud-amd64;'
	put etc/os-release 'ID="debian"\nVERSION_CODENAME=bookworm'
	finds 0 headers note 'none for kernel 6.12.9' 'apt install -t bookworm-backports linux-headers-6.12.9\+bpo-cloud-amd64;'
	put proc/sys/kernel/osrelease 6.12.9+deb13-rt-amd64
	finds 0 headers note 'none for kernel 6.12.9' 'apt install -t bookworm-backports linux-headers-rt-amd64 linux-headers-6.12.9\+deb13-rt-amd64 '
	put proc/sys/kernel/osrelease 6.18.44-custom
	finds 0 headers note 'none for kernel 6.18.44-custom' "not Debian's: .*apt install linux-image-amd64 linux-headers-amd64$"
	put proc/sys/kernel/osrelease $RELEASE
	rm -r "root/var/lib/dkms/linx/$VERSION/$RELEASE"
	finds 0 dkms warning 'is not built for' "see 'headers' above"
	put lib/modules/$RELEASE/build/Makefile ''
	finds 0 dkms warning 'is not built for' "dkms install linx/$VERSION -k $RELEASE"
	put "var/lib/dkms/linx/$VERSION/build/make.log" "DKMS make.log for linx-$VERSION for kernel $RELEASE (x86_64)\n$log"
	finds 0 dkms warning 'failed: probe.c:7: error: no such thing' 'make.log'
	not_loaded
	finds 1 dkms failed 'failed: probe.c:7: error' 'make.log'
	# The first log begins as DKMS 3.2 writes it; the second one is of another kernel and does not count.
	put "var/lib/dkms/linx/$VERSION/build/make.log" "DKMS (dkms-3.2.2) make.log for linx/$VERSION for kernel $RELEASE (x86_64)\n$log"
	finds 1 dkms failed 'failed: probe.c:7: error' 'make.log'
	put "var/lib/dkms/linx/$VERSION/build/make.log" "DKMS make.log for linx-$VERSION for kernel 7.9.1-amd64 (x86_64)\n$log"
	finds 1 dkms failed 'is not built for' "dkms install linx/$VERSION -k $RELEASE"
	put "var/lib/dkms/linx/$VERSION/build/make.log" "DKMS make.log for linx-$VERSION for kernel $RELEASE (x86_64)\n$log"
	mv root/lib/modules/$RELEASE/build build
	finds 1 dkms failed 'is not built for' "see 'headers' above"
	mv build root/lib/modules/$RELEASE/
	mv "root/var/lib/dkms/linx/$VERSION" root/var/lib/dkms/linx/0.0.9
	mkdir root/var/lib/dkms/linx/0.0.10 && ln -s 0.0.10/$RELEASE root/var/lib/dkms/linx/kernel-$RELEASE-x86_64
	finds 1 dkms warning 'has linx/0\.0\.10' 'of one version'
	rm -r root/var/lib/dkms
	finds 1 dkms note 'does not know linx' 'install linx-dkms'
}

test_kernel_that_boots_next() {
	local next=6.1.0-51-amd64
	machine
	put etc/debian_version 12
	finds 0 next ok 'no newer kernel is seen' ''
	# A modules directory without an image is left over from a removed kernel.
	put boot/vmlinuz-$RELEASE ''
	put lib/modules/$next/kernel/a ''
	put lib/modules/6.1.0-49-amd64/vmlinuz ''
	put lib/modules/6.1.0-50-rt-amd64/vmlinuz ''
	finds 0 next ok 'no newer kernel is seen' ''
	put boot/vmlinuz-$next ''
	mkdir root/lib/modules/6.1.0-60-amd64
	finds 0 next warning "kernel $next, which boots next, has no module" \
		"apt install linux-headers-$next, then: dkms autoinstall -k $next$"
	put lib/modules/$next/build/Makefile ''
	finds 0 next warning "kernel $next, which boots next, has no module$" "dkms autoinstall -k $next$"
	put "var/lib/dkms/linx/$VERSION/build/make.log" "DKMS make.log for linx-$VERSION for kernel $next (x86_64)\nmain.c:1: error: no"
	finds 0 next warning 'its build failed: main.c:1: error: no' "make.log; a newer linx may know kernel $next"
	lx doctor --root root
	has out '^This machine can record\.$'
	# Without images in /boot, a kernel counts as installed if its folder has modules that came with it.
	rm -r root/boot
	finds 0 next warning "kernel $next, which boots next, has no module" 'make.log'
	rm -r root/lib/modules/$next/kernel
	finds 0 next ok 'no newer kernel is seen' ''
	put lib/modules/$next/vmlinuz ''
	rm -r root/var/lib/dkms
	finds 0 next warning "kernel $next, which boots next, has no module" 'linx-dkms'
	put lib/modules/$next/updates/dkms/linx.ko ''
	finds 0 next ok "kernel $next, which boots next, has a module" ''
	rm -r root/lib/modules/$RELEASE/build
	finds 0 headers note "none for kernel $RELEASE" "linux-headers-$RELEASE; or boot $next, which has the module$"
}

# doctor checks the newest kernel in the image of a machine that does not run, because the machine would boot that.
test_newest_kernel_of_an_image() {
	machine
	rm root/proc/sys/kernel/osrelease
	mkdir root/lib/modules/6.9.1 root/lib/modules/6.12.9+deb13-amd64 root/lib/modules/linx-spare
	finds 0 kernel ok '6\.12\.9\+deb13-amd64' ''
	finds 0 dkms warning 'is not built for kernel 6\.12\.9' "see 'headers' above"
	put lib/modules/6.12.9+deb13-amd64/build/Makefile ''
	finds 0 dkms warning 'is not built for kernel 6\.12\.9' "dkms install linx/$VERSION -k 6\.12\.9"
}

# Links below another root directory are resolved below it, such as Debian's link to the headers.
test_links_stay_below_the_root() {
	machine
	rm -r root/lib/modules/$RELEASE/build
	put usr/src/linux-headers-$RELEASE/Makefile ''
	ln -s /usr/src/linux-headers-$RELEASE root/lib/modules/$RELEASE/build
	finds 0 headers ok "/lib/modules/$RELEASE/build" ''
	ln -sfn "$PWD/root/usr/src/linux-headers-$RELEASE" root/lib/modules/$RELEASE/build
	finds 0 headers note 'none for kernel' ''
}

test_signing() { # full
	local boot=sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
	machine
	put sys/kernel/security/lockdown 'none [integrity] confidentiality'
	finds 0 signing ok "lockdown is 'integrity', and the module is loaded" ''
	not_loaded
	finds 1 signing warning "lockdown is 'integrity'" \
		"DKMS has no key yet: install openssl, then: dkms unbuild linx/$VERSION -k $RELEASE && dkms install linx/$VERSION -k $RELEASE, .*before 3\.0 does not sign"
	mv "root/var/lib/dkms/linx/$VERSION/$RELEASE" built
	finds 1 signing warning "lockdown is 'integrity'" "no key yet: install openssl, then: dkms install linx/$VERSION -k $RELEASE, "
	mv built "root/var/lib/dkms/linx/$VERSION/$RELEASE"
	put var/lib/dkms/mok.pub ''
	finds 1 signing warning "lockdown is 'integrity'" 'mokutil --import /var/lib/dkms/mok.pub'
	put etc/dkms/framework.conf '# mok_certificate=/one\nmok_certificate="/etc/keys/own.der"'
	finds 1 signing warning "lockdown is 'integrity'" 'DKMS has no key yet'
	put etc/keys/own.der ''
	finds 1 signing warning "lockdown is 'integrity'" 'mokutil --import /etc/keys/own.der'
	rm root/etc/dkms/framework.conf
	put var/lib/shim-signed/mok/MOK.der ''
	finds 1 signing warning "lockdown is 'integrity'" 'mokutil --import /var/lib/shim-signed/mok/MOK.der'
	put sys/kernel/security/lockdown '[none] integrity'
	mkdir -p root/${boot%/*}
	printf '\6\0\0\0\1' >root/$boot
	finds 1 signing warning 'Secure Boot is on' 'mokutil'
	printf '\6\0\0\0\0' >root/$boot
	finds 1 signing ok 'without a signature' ''
	put sys/module/module/parameters/sig_enforce Y
	finds 1 signing warning 'sig_enforce' 'mokutil'
	rm -r root/sys/firmware
	finds 1 signing warning 'sig_enforce' 'boot without lockdown='
	put proc/sys/kernel/modules_disabled 1
	finds 1 signing failed 'modules_disabled is 1' 'modules-load.d'
}

test_device() {
	machine
	chmod 666 root/dev/linxcap
	finds 0 device warning 'mode 0666' 'chmod 600'
	chmod 660 root/dev/linxcap
	finds 0 device note 'mode 0660: group' ''
	put sys/class/misc/linxcap/dev 1:3
	finds 0 device note 'mode 0660: group' ''
	put sys/class/misc/linxcap/dev 10:122
	finds 1 device failed "is device 1:3, and the module's is 10:122" 'rm /dev/linxcap; udevadm trigger'
	rm root/dev/linxcap
	finds 1 device failed 'No such file.*the module is loaded' 'udevadm trigger'
	put dev/linxcap ''
	finds 1 device failed 'is no device' 'rm /dev/linxcap'
	machine
	rm -r root/sys/module/linx
	finds 1 device note 'left over' 'rm /dev/linxcap, before'
	not_loaded
	finds 1 device note 'comes with the module' ''
}

test_rights() {
	machine
	put proc/self/status 'CapEff:\t0000000000000000'
	finds 1 rights failed 'lacks CAP_SYS_PTRACE' 'run as root'
	put proc/self/status 'CapEff:\t0000000000080000'
	finds 1 rights failed 'lacks CAP_PERFMON' 'run as root'
	put proc/self/status 'CapEff:\t0000004000080000'
	finds 0 rights ok 'capabilities' ''
	put proc/self/uid_map '0 1000 1'
	finds 1 rights failed 'user namespace' 'outside'
}

test_confinement() {
	machine
	put proc/self/status 'CapEff:\t000001ffffffffff\nSeccomp:\t2'
	finds 0 confinement note 'seccomp' ''
	put run/systemd/container lxc
	finds 0 confinement note 'container \(lxc\)' 'pass /dev/linxcap in'
	rm root/run/systemd/container
	put proc/self/status 'CapEff:\t000001ffffffffff\nSeccomp:\t0'
	put proc/self/mountinfo '41 40 0:5 / /proc rw - proc proc rw\n40 39 8:1 /srv/root /srv rw - ext4 /dev/vda1 rw'
	finds 0 confinement note 'in a chroot' 'run outside of it'
	put proc/self/mountinfo '41 40 0:5 / /proc rw - proc proc rw\n40 1 8:1 / / rw - ext4 /dev/vda1 rw'
	finds 0 confinement ok 'none seen' ''
	ln -sfn 'pid:[4026532000]' root/proc/self/ns/pid
	finds 0 confinement note 'pid namespace' ''
}

test_memory_clock_cgroup() {
	machine
	put sys/devices/system/cpu/online 0-127,130
	finds 0 memory warning '1032 MB; the module grants 976' '--buffer'
	put sys/devices/system/clocksource/clocksource0/current_clocksource hpet
	finds 0 clock warning 'hpet is slow' 'dmesg'
	rm -r root/sys/fs/cgroup
	mkdir -p root/sys/fs/cgroup/memory
	finds 0 cgroup note 'version 1' ''
}

test_tracepoints_and_tracers() {
	machine
	mkdir -p root/sys/module/lttng_tracer
	finds 0 tracers note 'LTTng' ''
	not_loaded
	finds 1 tracepoints note 'not known' 'mount -t tracefs'
	put boot/config-$RELEASE 'CONFIG_TRACEPOINTS=y'
	finds 1 tracepoints failed 'none on system calls' 'CONFIG_HAVE_SYSCALL_TRACEPOINTS'
	put boot/config-$RELEASE 'CONFIG_HAVE_SYSCALL_TRACEPOINTS=y\nCONFIG_TRACEPOINTS=y'
	finds 1 tracepoints ok 'configured with them' ''
}

test_enforce() {
	machine
	put sys/module/linx/parameters/enforce N
	finds 0 enforce ok 'off: no rule refuses anything' ''
	put sys/module/linx/parameters/enforce Y
	finds 0 enforce ok 'on: while rules refuse, a livepatch of a function that they judge fails' ''
	not_loaded
	rm -f root/sys/module/linx/parameters/enforce
	finds 1 enforce note 'not known: the module is not loaded' ''
}

# systemd keeps a link "invocation:UNIT" while a unit runs, and a link below *.wants if the unit is enabled.
test_service() {
	local procs=sys/fs/cgroup/system.slice/linxcap-record.service/cgroup.procs
	machine
	finds 0 service ok 'linxcap-record is not enabled' ''
	mkdir -p root/etc/systemd/system/multi-user.target.wants
	ln -s /usr/lib/systemd/system/linxcap-record.service root/etc/systemd/system/multi-user.target.wants/
	finds 0 service ok 'linxcap-record is enabled' ''
	mkdir -p root/run/systemd/system root/run/systemd/units
	finds 0 service warning 'is enabled and does not run' 'journalctl -u linxcap-record, then: systemctl reset-failed linxcap-record; systemctl restart linxcap-record'
	ln -s 0123456789abcdef root/run/systemd/units/invocation:linxcap-record.service
	finds 0 service ok 'linxcap-record runs$' ''
	put $procs 17
	finds 0 service ok 'linxcap-record runs$' ''
	# A service that ends after each start has no processes while systemd waits before the next start.
	: >root/$procs
	finds 0 service warning 'is enabled and does not run' 'journalctl -u linxcap-record'
	rm root/run/systemd/units/*
	not_loaded
	finds 1 service warning 'does not run: there is no /dev/linxcap' "see 'module' and 'device' above, then: systemctl reset-failed linxcap-record; systemctl restart linxcap-record"
	rm root/etc/systemd/system/multi-user.target.wants/*
	finds 1 service ok 'linxcap-record is not enabled' ''
	ln -s 0123456789abcdef root/run/systemd/units/invocation:linxcap-record.service
	put $procs 17
	finds 1 service ok 'linxcap-record runs, and is not enabled' ''
}

test_of_one_engine() {
	machine
	not_loaded
	lx doctor --root root --engine kmod
	is_status 1
	has out '^failed +module '
	lacks out '^[a-z]+ +(bpf|ptrace) '
	lx doctor --engine ptrace
	is_status 0
	[ "$(grep -c '^ok' out)" = 1 ] || broken "more than the engine ptrace is looked at"
	has out '^This machine can record by the engine ptrace\.$'
	lx doctor --engine ptrace --json
	jq -e '.ok and ([.checks[].name] == ["ptrace"])' out || broken "JSON"
}

test_words() {
	refuses 2 "no engine is called all: --engine takes kmod, bpf or ptrace" doctor --engine all
	refuses 2 "--root does not go with --engine bpf, which can be tried on this machine alone" doctor --engine bpf --root root
	refuses 2 "unexpected word: me: 'linxcap doctor' takes none" doctor me
	refuses 2 "cannot look at nowhere: No such file or directory" doctor --root nowhere
}

test_failures_point_at_it() {
	[ ! -e /dev/linxcap ] || skip "this machine has the module"
	lx --engine kmod -n 1
	is_status 1
	has err "modprobe linx \('linxcap doctor' looks for the cause\)$"
	LINX_ENGINE=kmod lx strace true
	is_status 1
	has err "'linxcap doctor' looks for the cause"
	lx doctor
	is_status 1
	has out '^failed +trial'
	has out '^(ok|note) +bpf'
	has out '^(ok|note) +ptrace'
}

# left: prints the processes that this test's command has left running.
left() {
	local p
	for p in /proc/[0-9]*; do
		[ "$(readlink "$p/cwd")" != "$PWD" ] || [[ $(readlink "$p/exe") != */linxcap* ]] || echo "${p#/proc/}"
	done
}

# died ENGINE WHAT CHECK STATE TEXT: expects that doctor reports the engine's misbehaviour WHAT once and continues, and
# that the check fails if the engine was named by an option.
died() {
	FAKE="$1-$2 ${hurry-hurried}" fake doctor
	has out "^$4 +$3 +engine $1: trying it $5"
	[ "$(grep -c "^$4 *$3 " out)" = 1 ] && [ "$(grep -c '^This machine' out)" = 1 ] || broken "something is printed twice"
	grep -A1 "^$4 *$3 " out | tail -n 1 >todo
	has todo '^ +> a fault of linx.*: report it with .linxcap version.*; until it is mended: --engine [a-z]+, or [a-z]+$'
	[ "$(grep -cE '^(ok|note|warning|failed) +(trial|bpf|ptrace) ' out)" = 3 ] || broken "not all engines were tried"
	is_silent
	FAKE="$1-$2 ${hurry-hurried}" fake doctor --engine "$1" --json
	is_status 1
	jq -e --arg t "engine $1: trying it $5" '(.ok | not) and (.checks[-1] | .state == "failed" and (.text | test($t)))' out >/dev/null ||
		broken "the JSON differs"
	[ -z "$(left)" ] || broken "left behind: $(left)"
}

test_engines_that_crash() { # full
	died kmod crashes trial failed 'crashed \(SIGSEGV: Segmentation fault\)'
	died bpf crashes bpf warning 'crashed \(SIGSEGV: Segmentation fault\)'
	died ptrace crashes ptrace warning 'crashed \(SIGSEGV: Segmentation fault\)'
	[ -z "$(find . -name 'core*')" ] || broken "a core file"
}

test_engines_that_exit() {
	died bpf exits bpf warning 'ended linxcap with status 7'
}

# An engine that makes no progress is detected after a number of waits, which take no time in this test.
test_engines_that_hang() { # full
	died bpf stands bpf warning 'did not come to an end$'
	died ptrace stands ptrace warning 'did not come to an end$'
}

# A limit of processor time that is set already stays. Time passes normally in this test: waiting without sleeping would
# use up that limit.
test_engines_that_use_up_the_processor() ( # full
	hurry=
	ulimit -S -t 2
	died bpf spins bpf warning 'did not come to an end \(SIGXCPU: its processor time is used up\)'
)

# The parameter "enforce" of the loaded module decides whether rules may refuse calls. The rules that are loaded can
# only be seen on a running machine.
test_refusing() {
	machine
	finds 0 refusing ok 'this module cannot' ''
	put sys/module/linx/parameters/enforce N
	finds 0 refusing ok 'enforce is off' ''
	put sys/module/linx/parameters/enforce Y
	finds 0 refusing ok 'rules may refuse' ''
	not_loaded
	lx doctor --root root
	has out 'refusing +nothing is refused: the module is not loaded'
}
