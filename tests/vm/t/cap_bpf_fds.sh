#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf records the same descriptors as the module, and the same as strace -y, which runs under it.
# full
# timeout: 500
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
ip link set lo up 2>/dev/null || busybox ifconfig lo up

# Values that differ in every run are left out: inodes, ids, addresses, random numbers.
foreign=none
case $(uname -r) in
5.* | 6.[01].*) foreign='pidfd_getfd|kcmp' ;; # files of other processes are recorded from 6.2 on
esac
plain() { sed -E "/^[0-9]+ +(getrandom|$foreign)/d" "$1" | sed -E ' s/^[0-9]+ +//; s/0x[0-9a-f]+/0xN/g; s/\[[0-9]+\]/[N]/g; s/\([0-9]+, 0\)/(N, 0)/g; s/(getpid\(\)|set_tid_address\(0xN\)) += [0-9]+/\1 = N/; s/[0-9]{2,}/N/g; s/ +/ /g'; }

# places NAME OPTION...: writes the descriptors that the module records to $NAME.kmod.
places() {
	local name=$1
	shift
	lx -q --engine kmod --format strace -o k.log "$@" -- cap_places
	is "$name, module: status ($(cat err))" "$status" 0
	plain k.log >"$name.kmod"
}
places paths -y
places all -yy
places entries --entry -yy
rmmod linx || fail "rmmod"

same_as_module() { # NAME OPTION...
	local name=$1
	shift
	lx -q --engine bpf --format strace -o b.log "$@" -- cap_places
	is "$name: status ($(cat err))" "$status" 0
	plain b.log | diff "$name.kmod" - >diff || fail "$name: $(cut -c1-300 diff | head -n 40)"
	grep -Eq '[0-9]<[^>]*>' b.log || fail "$name: no descriptor is shown"
}
same_as_module paths -y
same_as_module all -yy
same_as_module entries --entry -yy

# same NAME OPTION CMD...: linxcap records a run of strace, so that both see the same descriptors. The calls of strace
# itself are recorded, too.
same() { # NAME OPTION CMD...
	local name=$1 option=$2 found
	shift 2
	lx --engine bpf --entry "$option" -w s.cap --stats=s.stats -- strace -f "$option" -o s.strace "$@"
	accounts "$name" s.stats
	holds "$name: nothing is lost" s.stats '.selected == .delivered and .selected > 0'
	linxcap -q "$option" -r s.cap --format strace >s.linx 2>>err || fail "$name: replay: $(cat err)"
	grep -Eq '[0-9]<[^>]*>' s.strace || fail "$name: strace shows no descriptor"
	found=$("$JOB/guest/same-calls" --fds s.strace s.linx 2>&1) || fail "$name $option differs from strace: $(cut -c1-300 <<<"$found")"
}
same "shell" -y sh -c 'exec 3</etc/passwd 4>&3 5>/dev/null 6<>x; echo hi >&6; cat <&3 >&5; (exec 3<&-; ls -l /proc/self/fd) >&5; exec 6>&-; rm x'
same "threads" -yy cap_threads
same "32 bits" -y "cap_threads.$narrow"
