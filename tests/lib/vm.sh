# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Functions that make the file system of a guest, in two layers of cpio, run the guest in QEMU and read its results.

. "$LINX_ROOT/tests/lib/kernels.sh"
. "$LINX_ROOT/tests/lib/packages.sh"
. "$LINX_ROOT/tests/lib/apt.sh"
VM_FOREIGN=()
TAB=$'\t'

# Programs of this machine that the guest gets, with their libraries, so that tests can trace them. All other programs
# of the guest are busybox applets.
GUEST_PROGRAMS="bash dash ls cat cp mv rm mkdir rmdir ln chmod chown touch head tail sort
	uniq wc cut tr tee dd df du env true false sleep id stat sync timeout printf echo
	date uname nproc seq mktemp readlink realpath chroot nice nohup mkfifo base64 md5sum
	cmp diff grep sed find xargs tar gzip ps kill strace taskset setpriv unshare nsenter setsid
	prlimit flock perl mawk jq insmod rmmod lsmod"

vm_init() {
	VM_LINE=
	VM_DIR=$(mktemp -d "${TMPDIR:-/tmp}/linx-vm.XXXXXX")
	VM_PID=
	trap vm_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

vm_cleanup() {
	[ -z "$VM_PID" ] || kill "$VM_PID" 2>/dev/null || true
	rm -rf "$VM_DIR"
}

# copy_program ROOT NAME: copies the distribution's program NAME into ROOT, as copy_whole() does.
copy_program() {
	local path
	path=$(system_program "$2") || die "no $2 in $SYSTEM_PATH"
	copy_whole "$1" "$path"
}

# copy_whole ROOT PATH: copies a program or library under the same name into ROOT, together with symbolic links in its
# path and the libraries that it needs.
copy_whole() {
	local lib
	copy_file "$1" "$2"
	for lib in $(ldd "$2" 2>/dev/null | grep -o '/[^ ]*'); do
		copy_file "$1" "$lib"
	done
}

copy_file() { # ROOT PATH
	local real name
	real=$(realpath "$2")
	name=$(realpath "${2%/*}")/${2##*/}
	mkdir -p "$1/${real%/*}" "$1/${name%/*}"
	[ -e "$1/$real" ] || cp "$real" "$1/$real"
	[ -e "$1$name" ] || ln -sf "$real" "$1$name"
}

# check_libraries NAMES: checks programs and libraries, whose paths are on standard input. Each must find its loader and
# its libraries among the guest's files, whose names the file NAMES has in sorted order.
check_libraries() {
	local lacks
	# readelf fails for a script, which needs no library
	lacks=$({ tr '\n' '\0' | xargs -0 -r readelf -dlW /dev/null 2>/dev/null || true; } |
		awk '/^File: / { file = substr($0, 7) } /\(NEEDED\)|program interpreter:/ {
			name = $NF; gsub(/[][]/, "", name); sub(/.*\//, "", name); print name "\t" file }' |
		sort -t "$TAB" -k 1,1 | join -t "$TAB" -v 1 - "$1" | sed -n 1p)
	[ -z "$lacks" ] || die "${lacks#*"$TAB"} needs ${lacks%%"$TAB"*}, which the guest does not have"
}

file_names() { find "$@" -printf '%f\n' | sort -u; }

# check_base ROOT BASE: checks the libraries of the base file system, and stores the names of its files beside it, for
# check_job().
check_base() { # ROOT BASE
	file_names "$1" >"${2%.cpio}.names"
	find "$1" -type f \( -perm -100 -o -name '*.so*' \) | check_libraries "${2%.cpio}.names"
}

# check_job: checks the libraries of the job's files. Root directories that a test brings and changes into have
# libraries of their own.
check_job() {
	local root=$VM_DIR/root parts=() p
	for p in usr job/prog job/cases; do
		[ ! -d "$root/$p" ] || parts+=("$root/$p")
	done
	file_names "${parts[@]}" | sort -u - "${VM_BASE%.cpio}.names" >"$VM_DIR/names"
	{
		find "${parts[@]}" -type f \( -perm -100 -o -name '*.so*' \)
		find "$root" "$root/job" -maxdepth 1 -type f -perm -100
	} | check_libraries "$VM_DIR/names"
}

pack() { # DIR: a cpio archive, owned by root
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

base_files() { # ROOT
	local l
	for l in bin sbin lib lib64; do
		mkdir -p "$1/usr/$l"
		ln -s "usr/$l" "$1/$l"
	done
	base_etc "$1"
}

base_etc() { # ROOT
	mkdir -p "$1"/{etc,root,home,var/log,mnt,srv,opt,usr/share/text}
	printf 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/:/bin/false\nguest:x:1000:1000:guest:/home:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$1/etc/passwd"
	printf 'root:x:0:\ndaemon:x:1:\nguest:x:1000:\nnogroup:x:65534:\n' >"$1/etc/group"
	printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$1/etc/nsswitch.conf"
	printf '127.0.0.1 localhost linx-vm\n' >"$1/etc/hosts"
	printf 'PS1="guest:\\w# "\n' >"$1/root/.bashrc"
}

# Python with its JSON module, for programs that check output like a user's program.
PYTHON=/usr/bin/python3
base_python() { # ROOT
	local f
	copy_program "$1" "$PYTHON"
	for f in $("$PYTHON" -I -S -c 'import argparse, collections, json, sys
for m in list(sys.modules.values()):
    if getattr(m, "__file__", None):
        print(m.__file__)'); do
		copy_file "$1" "$f"
	done
	for f in "$("$PYTHON" -I -S -c 'import sys; print("%s/python%d.%d" % (sys.base_prefix + "/lib", *sys.version_info[:2]))')"/{os,site,stat,posixpath,genericpath,_sitebuiltins,_collections_abc}.py; do
		[ ! -e "$f" ] || copy_file "$1" "$f"
	done
}

# Copies the libraries that liblinx opens only when it needs them: those of the eBPF engine.
base_libraries() { # ROOT
	local lib
	lib=$("$(system_program ldconfig)" -p | sed -n 's/.*libbpf\.so\.1 .*=> //p' | head -n 1)
	[ -z "$lib" ] || copy_whole "$1" "$lib"
}

base_programs() { # ROOT
	local p
	for p in $GUEST_PROGRAMS busybox; do
		copy_program "$1" "$p"
	done
	base_python "$1"
	base_libraries "$1"
	base_links "$1"
	for p in /usr/lib/x86_64-linux-gnu/perl-base /usr/lib/x86_64-linux-gnu/libnss_files.so.2; do
		[ ! -e "$p" ] || { mkdir -p "$1/${p%/*}" && cp -a "$p" "$1/$p"; }
	done
}

# Makes links to the shell and awk under their usual names, and busybox applets for missing programs. The list of
# applets is taken from this machine's busybox, because one of another architecture cannot run here.
base_links() { # ROOT
	local a
	[ -e "$1/usr/bin/sh" ] || ln -s dash "$1/usr/bin/sh"
	[ -e "$1/usr/bin/awk" ] || ln -s mawk "$1/usr/bin/awk"
	for a in $("$(system_program busybox)" --list); do
		[ -e "$1/usr/bin/$a" ] || [ -e "$1/usr/sbin/$a" ] || ln -s busybox "$1/usr/bin/$a"
	done
}

# Makes /etc/ld.so.cache, as on any installed system: without it every program begins with many failed opens.
library_cache() { # ROOT
	local ns=()
	[ "$(id -u)" = 0 ] || ns=(unshare --map-root-user)
	mkdir -p "$1/etc/ld.so.conf.d"
	printf '/lib/x86_64-linux-gnu\n/usr/lib/x86_64-linux-gnu\n' >"$1/etc/ld.so.conf"
	"${ns[@]}" "$(system_program ldconfig)" -X -r "$1"
}

# Makes build/vm/base.cpio, which has programs and libraries. It is made again if the list of programs, this script or a
# program changes.
vm_base() {
	local out=$LINX_BUILD/vm/base.cpio stamp p t
	stamp=$({
		sha256sum <"$LINX_ROOT/tests/lib/vm.sh"
		for p in $GUEST_PROGRAMS $PYTHON busybox; do
			stat -Lc '%n %s %Y' "$(system_program "${p##*/}")" || die "no $p in $SYSTEM_PATH"
		done
		stat -Lc '%n %s %Y' /lib/x86_64-linux-gnu/libc.so.6
	} | sha256sum)
	if [ -e "$out" ] && [ "$(cat "$out.stamp" 2>/dev/null)" = "$stamp" ]; then
		return
	fi
	mkdir -p "$LINX_BUILD/vm"
	t=$(mktemp -d "$LINX_BUILD/vm/base.XXXXXX")
	base_files "$t"
	base_programs "$t"
	library_cache "$t"
	check_base "$t" "$out"
	chmod 755 "$t"
	pack "$t" >"$out.new"
	rm -rf "$t"
	mv "$out.new" "$out"
	echo "$stamp" >"$out.stamp"
}

# vm_prepare SERIES MODULE(yes|no): makes everything that a guest needs, and puts the module, linxcap and the program of
# pid 1 into $VM_DIR/job. VM_USERLAND: an archive that has all of that except the module.
vm_prepare() {
	local series=$1 job=$VM_DIR/root/job
	kernel_row "$series" >/dev/null
	mkdir -p "$job" "$VM_DIR/root/usr/bin"
	[ -e "$LINX_DOWNLOADS/kernels/$series/version" ] || "$LINX_ROOT/tests/vm/fetch" "$series"
	if [ "$(kernel_arch "$series")" != amd64 ]; then
		vm_prepare_foreign "$series" "$2"
		return
	fi
	if [ -n "${VM_USERLAND:-}" ]; then
		VM_BASE=$VM_USERLAND
		[ "$2" = no ] || vm_module "$series"
		vm_job "$series"
		return
	fi
	VM_BASE=$LINX_BUILD/vm/base.cpio
	with_lock base vm_base
	with_lock make run_make -s "$BUILD/vm/init" >&2
	cp "$LINX_BUILD/vm/init" "$VM_DIR/root/init"
	if [ "$2" = yes ]; then
		vm_module "$series"
	fi
	if [ "${VM_LINXCAP:-yes}" = yes ]; then
		with_lock make run_make -s "$BUILD/install/linxcap" "$BUILD/liblinx.so.0" >&2
		vm_command
	fi
	vm_job "$series"
}

# Builds the module for the guest and puts it into the job. VM_BOTH_ENCODERS=yes: builds the module that compares its
# two encoders.
vm_module() { # SERIES
	local both=
	[ "${VM_BOTH_ENCODERS:-no}" = no ] || both=yes
	"$LINX_ROOT/tests/vm/build-module" ${LINX_KMOD:+--source "$LINX_KMOD"} ${both:+--both-encoders} "$1"
	cp "$LINX_BUILD/kmod/$1${both:+-both}/linx.ko" "$VM_DIR/root/job/"
}

vm_job() { # SERIES
	local job=$VM_DIR/root/job
	[ ! -e "$LINX_DOWNLOADS/kernels/$1/fuse.ko" ] || cp "$LINX_DOWNLOADS/kernels/$1/fuse.ko" "$job/"
	cp -r "$LINX_ROOT/tests/vm/guest" "$LINX_ROOT/tests/tables" "$job/" 2>/dev/null || true
	cp "$LINX_ROOT/docs/examples/check_json.py" "$job/guest/"
	mkdir -p "$job/docs"
	cp "$LINX_ROOT"/docs/*.md "$LINX_ROOT"/tools/man/*.1 "$job/docs/"
	cp "$LINX_ROOT/README.md" "$job/docs/" # in place of docs/README.md, which has no commands
}

# ---- guests of another architecture: a cross compiler builds their programs, in the root directory of their kernel

# Builds into build/foreign/SERIES/build. VM_FOREIGN: words for make, such as CFLAGS=-O1, or PROG_SRC=... of the needed
# programs.
vm_foreign_build() { # SERIES
	local root=$LINX_DOWNLOADS/kernels/$1/root tree=$LINX_BUILD/foreign/$1
	mkdir -p "$tree"
	find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	tar -c -C "$LINX_ROOT" --exclude='*.o' --exclude='*.ko' --exclude='.*.cmd' Makefile dkms.conf bpf kmod libuser tools plugin tests docs/examples |
		tar -x -C "$tree"
	in_root --src "$tree" "$root" make -C /src -s -j"$(nproc)" CC=aarch64-linux-gnu-gcc-12 AR=aarch64-linux-gnu-ar GUEST_ARCH=arm64 KDIR=/none \
		"${VM_FOREIGN[@]}" $(vm_foreign_targets) >"$LINX_BUILD/foreign-$1.log" 2>&1 </dev/null ||
		die "does not build for $1 (log: $(short "$LINX_BUILD/foreign-$1.log"))"
}

# Prints the targets of make. VM_LINXCAP=no leaves out library and command, which take most of the time.
vm_foreign_targets() {
	[ "${VM_LINXCAP:-yes}" = no ] || echo lib build/install/linxcap
	echo guest-programs
}

# Makes the base for another architecture. It is made again when the downloads or this file change.
vm_foreign_base() { # SERIES
	local out=$LINX_BUILD/vm/base-$1.cpio stamp t
	stamp=$({
		sha256sum <"$LINX_ROOT/tests/lib/vm.sh"
		stat -Lc '%n %s %Y' "$LINX_DOWNLOADS/kernels/$1/version" "$(system_program busybox)"
	} | sha256sum)
	if [ -e "$out" ] && [ "$(cat "$out.stamp" 2>/dev/null)" = "$stamp" ]; then
		return
	fi
	mkdir -p "$LINX_BUILD/vm"
	t=$(mktemp -d "$LINX_BUILD/vm/base.XXXXXX")
	base_files "$t"
	cp -r "$LINX_DOWNLOADS/kernels/$1/guest/." "$t/"
	base_etc "$t"
	base_links "$t"
	check_base "$t" "$out"
	chmod 755 "$t"
	pack "$t" >"$out.new"
	rm -rf "$t"
	mv "$out.new" "$out"
	echo "$stamp" >"$out.stamp"
}

vm_prepare_foreign() { # SERIES MODULE
	local job=$VM_DIR/root/job tree=$LINX_BUILD/foreign/$1/build
	VM_BASE=$LINX_BUILD/vm/base-$1.cpio
	with_lock base vm_foreign_base "$1"
	with_lock "foreign-$1" vm_foreign_build "$1"
	cp "$tree/vm/init" "$VM_DIR/root/init"
	if [ "$2" = yes ]; then
		vm_module "$1"
	fi
	if [ "${VM_LINXCAP:-yes}" = yes ]; then
		mkdir -p "$VM_DIR/root/usr/lib"
		cp "$tree/install/linxcap" "$VM_DIR/root/usr/bin/"
		cp "$tree/liblinx.so.0" "$VM_DIR/root/usr/lib/"
	fi
	vm_job "$1"
}

# Copies the files that "make install" would install into the guest, with the libraries they need (Debian has no static
# libcjson).
vm_command() {
	local lib
	mkdir -p "$VM_DIR/root/usr/lib"
	cp "$LINX_BUILD/install/linxcap" "$VM_DIR/root/usr/bin/"
	cp "$LINX_BUILD/liblinx.so.0" "$VM_DIR/root/usr/lib/"
	for lib in $(ldd "$LINX_BUILD/liblinx.so.0" "$LINX_BUILD/install/linxcap" | grep -o "=> /[^ ]*" | cut -c4- | sort -u); do
		[ "${lib##*/}" = liblinx.so.0 ] || copy_file "$VM_DIR/root" "$lib"
	done
}

# Makes the guest's initrd: the base archive, then the files of the job, since files that come later in the archive
# replace earlier ones.
vm_pack() {
	check_job
	chmod 755 "$VM_DIR/root"
	{
		cat "$VM_BASE"
		pack "$VM_DIR/root"
	} >"$VM_DIR/initrd"
	mkfifo "$VM_DIR/control.in" "$VM_DIR/control.out"
}

# vm_qemu SERIES CONSOLE OUT: sets QEMU to the command that runs a guest. CONSOLE and OUT are QEMU -serial arguments for
# the kernel console and for the output of tests/vm/exec. VM_SMP, VM_MEM, VM_ICOUNT and VM_APPEND change the machine.
#
# thread=single: with thread=multi, TCG crashes guests, even without a module, when tracepoints are switched under load
# (a race of the emulator on patched code). -smp 2 still interleaves the two CPUs. no_timer_check: on a busy host, 5.10
# may get no tick in time for its check of the timer, and panics. tsc: real machines use this clock too. Without the
# options 5.10 and 6.1 would not trust the emulator's TSC, and with another clock no record takes the fast paths.
vm_qemu() {
	# Under KASAN the ACPI interpreter takes minutes for the interrupt routes of PCI.
	! kernel_is_slow "$1" || VM_APPEND="pci=noacpi ${VM_APPEND:-}"
	QEMU=("$(emulator x86_64)" -accel "tcg,thread=${VM_THREADS:-single}" -cpu "${VM_CPU:-max}" -smp "${VM_SMP:-2}"
		-m "${VM_MEM:-2G}" -display none -no-reboot -nodefaults -no-user-config
		-monitor none -serial "$2" -chardev "pipe,id=control,path=$VM_DIR/control" -serial chardev:control -serial "$3"
		-kernel "$LINX_DOWNLOADS/kernels/$1/vmlinuz" -initrd "$VM_DIR/initrd"
		-append "console=ttyS0 quiet panic=-1 oops=panic no_timer_check clocksource=tsc tsc=reliable ${VM_APPEND:-}")
	[ "$(kernel_arch "$1")" = amd64 ] || vm_qemu_arm64 "$@"
	[ -z "${VM_ICOUNT:-}" ] || QEMU+=(-icount "$VM_ICOUNT")
}

# The console is the board's built-in serial port. The first PCI serial port, ttyS0, is unused, so that the next two
# ports have the same names as in vm_qemu().
vm_qemu_arm64() { # SERIES CONSOLE OUT
	QEMU=("$(emulator aarch64)" -M virt,mte=on -accel tcg,thread=single -cpu "max,pauth-impdef=on" -smp "${VM_SMP:-2}"
		-m "${VM_MEM:-2G}" -display none -no-reboot -nodefaults -no-user-config
		-monitor none -serial "$2" -chardev null,id=none -device pci-serial,chardev=none
		-chardev "pipe,id=control,path=$VM_DIR/control" -device pci-serial,chardev=control)
	case $3 in
	stdio) QEMU+=(-chardev stdio,id=out,signal=off -device pci-serial,chardev=out) ;;
	*) QEMU+=(-chardev null,id=out -device pci-serial,chardev=out) ;;
	esac
	QEMU+=(-kernel "$LINX_DOWNLOADS/kernels/$1/vmlinuz" -initrd "$VM_DIR/initrd"
		-append "console=ttyAMA0 quiet panic=-1 oops=panic ${VM_APPEND:-}")
}

# vm_start: boots QEMU in the background; the guest's input is descriptor 7, its output descriptor 8. Both are opened
# for reading and writing, so that neither side waits for the other.
vm_start() {
	exec 7<>"$VM_DIR/control.out" 8<>"$VM_DIR/control.in"
	"${QEMU[@]}" </dev/null 2>"$VM_DIR/qemu.err" 7<&- 8<&- &
	VM_PID=$!
	VM_SILENT= VM_PACE=2 vm_part=
	VM_USED=0 vm_look_at=$SECONDS vm_look_used=0 vm_still_at=$SECONDS vm_still_used=0
}

vm_stop() {
	exec 7<&- 8<&-
	[ -n "$VM_PID" ] || return 0
	kill "$VM_PID" 2>/dev/null || true
	wait "$VM_PID" 2>/dev/null || true
	VM_PID=
}

# ---- time limits: they count the emulator's processor time, so that they end guests that hang, not guests on a busy
# machine

VM_STILL=600	# seconds without progress that end a guest, see vm_stands_still()
VM_SCALE=2	# a processor that two threads share takes twice as long

# Sets VM_USED: seconds of processor time of the process VM_PID (the emulator, or a wrapper that has started it) and of
# its children. Fails when they have ended.
vm_used() {
	local pid stat ticks=0 all=$VM_PID
	for pid in $VM_PID $(cat "/proc/$VM_PID/task/$VM_PID/children" 2>/dev/null); do
		read -r stat <"/proc/$pid/stat" || continue
		stat=${stat##*) }
		[[ $stat != Z* ]] || continue
		read -ra stat <<<"$stat"
		ticks=$((ticks + stat[11] + stat[12]))
		all=
	done 2>/dev/null
	[ -z "$all" ] || return 1
	VM_USED=$((ticks / CLOCK_TICKS))
}
CLOCK_TICKS=$(getconf CLK_TCK)

# Returns whether the guest makes no progress. An idle guest uses about three percent of the time. A guest that uses
# less than five percent for VM_STILL seconds waits for something that never happens.
vm_stands_still() {
	if [ $(((VM_USED - vm_still_used) * 20)) -gt "$VM_STILL" ]; then
		vm_still_at=$SECONDS vm_still_used=$VM_USED
	fi
	[ $((SECONDS - vm_still_at)) -ge "$VM_STILL" ]
}

# Writes to the guest how many seconds pass for one second of processor time, whenever that number has changed by half:
# the guest's watchdogs, which use the guest's clock, need it for their limits.
vm_pace() {
	local wall=$((SECONDS - vm_look_at)) used=$((VM_USED - vm_look_used)) pace
	[ "$wall" -ge 5 ] || return 0
	pace=$(((wall + used) / (used + 1)))
	vm_look_at=$SECONDS vm_look_used=$VM_USED
	if [ $((pace * 2)) -gt $((VM_PACE * 3)) ] || [ $((pace * 3)) -lt $((VM_PACE * 2)) ]; then
		VM_PACE=$pace
		echo "pace $pace" >&8
	fi
}

# vm_read SECONDS: reads the guest's next line into VM_LINE. Fails if the guest has ended, prints nothing for that many
# seconds of processor time, or makes no progress; VM_SILENT then has the reason.
vm_read() {
	local begin=$VM_USED part rc
	while :; do
		rc=0
		IFS= read -r -t 2 part <&7 || rc=$?
		VM_LINE=$vm_part$part
		if [ $rc = 0 ]; then
			vm_part=
			vm_used && vm_pace || true
			return 0
		fi
		vm_part=$VM_LINE
		vm_used || return 1
		vm_pace
		if [ $((VM_USED - begin)) -ge $(($1 * VM_SCALE)) ]; then
			VM_SILENT="no word for $((VM_USED - begin)) s of processor time"
			return 1
		elif vm_stands_still; then
			VM_SILENT="less than 5 % of a processor for $VM_STILL s"
			return 1
		fi
	done
}

# vm_end_test NAME: asks the guest to end the test NAME, and to print what the processes of the test are doing.
vm_end_test() { echo "stop $1" >&8; }

# Prints the last lines of the console of a guest that ended without the line "done", and the errors of QEMU.
vm_console_tail() {
	[ ! -s "$VM_DIR/console" ] || tail -n "${1:-40}" "$VM_DIR/console" | tr -d '\r' | sed 's/^/# console: /'
	[ ! -s "$VM_DIR/qemu.err" ] || sed 's/^/# qemu: /' "$VM_DIR/qemu.err"
}
