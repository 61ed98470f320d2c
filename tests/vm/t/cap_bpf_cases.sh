#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The module and the engine bpf record all cases at the same time, as 64-bit and as 32-bit programs: the JSON of each
# event, and of each hit of probes, is the same, by default and with every option.
# cases
# full
# kernels: 6.1 6.12 7.2
# smp: 4
# mem: 3G
# timeout: 1200
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

programs_record() {
	local nr
	read -r nr _ <"/proc/$1/syscall"
	[[ $waiting == *" $nr "* ]] && grep -q bpf-map "/proc/$1/maps"
}

# Prints a line for each case: its name and the lowest id of its threads. Ids ascend, so they show which events belong
# to which case.
run_cases() {
	local c status
	rm -f ranges
	for c in "$JOB"/cases/*; do
		rm -rf case && mkdir case && cp "$c" case/ && cd case || exit 1
		status=0
		(echo "${c##*/} $BASHPID" >>../ranges && exec taskset -c 0-2 timeout -k 2 60 "./${c##*/}" >../case.out 2>&1 </dev/null) || status=$?
		[ $status != 124 ] || fail "${c##*/} does not end"
		cd /tmp || exit 1
	done
	(echo "- $BASHPID" >>ranges)
}

# record NAME OPTION...: two readers, each on a CPU of its own, record the cases with the two engines at the same time.
record() {
	local name=$1 kmod bpf e
	shift
	taskset -c 3 linxcap --engine kmod "$@" -w kmod.cap --stats=kmod.stats 2>kmod.err &
	kmod=$!
	taskset -c 3 linxcap --engine bpf "$@" -w bpf.cap --stats=bpf.stats 2>bpf.err &
	bpf=$!
	soon recording $kmod
	soon programs_record $bpf
	run_cases
	kill -INT $kmod $bpf
	wait $kmod || fail "$name: the module: $(cat kmod.err)"
	wait $bpf || fail "$name: the programs: $(cat bpf.err)"
	if [[ $* == *--probe* ]]; then # returns can be missed by the kernel
		accounts "$name: module" kmod.stats
		holds "$name: module: all is delivered" kmod.stats '.selected == .delivered and .selected > 0'
	else
		everything "$name: module" kmod.stats
	fi
	accounts "$name: programs" bpf.stats
	holds "$name: nothing was lost" bpf.stats '[.lost[]] | add // 0 == 0'
	for e in kmod bpf; do
		linxcap -q -r $e.cap -yy -v --fds --format json -o $e.json || fail "$name: replay of $e"
		rm $e.cap
	done
	skipped=$(jq '.skipped // 0' bpf.stats)
	echo "$name: $(grep -c . ranges) cases, $(wc -l <kmod.json) events, $skipped skipped runs"
	[ "$(grep -c . ranges)" -gt 150 ] || fail "$name: too few cases"
}

# both NAME OPTION...: expects that both engines record the same. Where the kernel skipped a run of an eBPF program, a
# change of a task's context or descriptors may be missing; if there is a difference, the cases are recorded once more.
both() {
	record "$@"
	same kmod.json bpf.json "$skipped" "${known[@]}" && return
	[ "$skipped" != 0 ] || fail "$1: the engines differ: $(cut -c1-300 found | head -n 20)"
	echo "$1: again, after $(wc -l <found) differences, first $(head -n 1 found | cut -c1-200)"
	record "$@"
	same kmod.json bpf.json "$skipped" "${known[@]}" || fail "$1: the engines differ: $(cut -c1-300 found | head -n 20)"
}

same() { /usr/bin/python3 "$JOB/guest/same_records.py" "$1" "$2" ranges "${@:3}" >found; }

# Probes of each kind, on what many cases do.
probes=(--probe 'kprobe:security_file_open(file, file->f_flags:x)' --probe 'kretprobe:vfs_read(file, count) => ret'
	--probe 'kretprobe:vfs_write(file, buf:bytes[16]:user, count) => ret if ret > 0' --probe 'lsm:inode_unlink(dentry)'
	--probe 'kprobe:security_socket_connect(sock, address:sockaddr, addrlen)' --probe 'kprobe:commit_creds(new)'
	--probe 'kprobe:fd_install(%di:u32, file)' --probe 'rawtp:sched_process_exec(bprm->filename:str, pid=p->pid, bprm->argc)'
	--probe 'rawtp:sys_enter(id)' --probe 'kprobe:security_task_kill(p->pid, sig)')
known=()
both "by default" "${probes[@]}"
for name in security_file_open vfs_read vfs_write inode_unlink security_socket_connect commit_creds fd_install sched_process_exec sys_enter \
	security_task_kill; do
	grep -q "\"probe\":\"$name\"" kmod.json || fail "no hit of $name"
done
# The comparison of hits is tested, too, with those of a case.
grep "\"tid\":$(sed -n 's/^openat //p' ranges)," kmod.json | grep '"probe":"vfs_read"' >one.json
sed '1s/"ret":-\{0,1\}/&1/' one.json >other.json
! same one.json other.json 0 || fail "these hits are not the same"
has "which hit" found '^kretprobe:vfs_read .*ret: 1 times'
sed 1d one.json >other.json
! same one.json other.json 0 || fail "a hit is missing"
has "missing hit" found '^kretprobe:vfs_read .*missing: 1 times'
# Differences whose reasons docs/engines.md gives.
case $(uname -r) in
6.1.*) known=('kcmp exit .args.idx' 'pidfd_getfd exit .args.fd') ;;
esac
both "everything" -yy -v -T --entry --fds --http

# The comparison itself is tested: it must find a result that was changed.
grep '"syscall":"mkdirat"' kmod.json >one.json
sed 's/"ret":0/"ret":1/' one.json >other.json
same one.json one.json 0 || fail "these are the same"
! same one.json other.json 0 || fail "these are not the same"
has "which" found '^mkdirat exit .ret: '
sed 1,2d one.json >other.json
! same one.json other.json 1 || fail "two are missing"
has "missing" found '^mkdirat exit missing: 2 times'
