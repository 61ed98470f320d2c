#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process is moved to another cgroup: each of its threads is recorded there from its next call on. Both engines are
# tested, also where the unified hierarchy has no controllers, and with more threads than a probe examines one by one.
# full
# kernels: 5.10 6.1 6.12 7.2
# timeout: 400
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
mkdir -p cg v1
mount -t cgroup2 none cg || skip "no cgroup2"
mkdir cg/first cg/second
mount -t cgroup -o cpu none v1 && mkdir v1/old || skip "no other hierarchy"

# moved THREADS CGROUP...: expects that each thread makes a call in the first cgroup and in each of the given ones. The
# engine bpf may have skipped runs of its programs, which it counts.
moved() {
	local threads=$1 cgroup sum=0 n
	lx --engine "$engine" -q -e trace=getppid --buffer "$buffer" --stats=stats --format '%linx.cgroup' \
		-- cap_cgroup "$threads" "${@:2}"
	is "$engine: status ($(cat err))" "$status" 0
	accounts "$engine" stats
	holds "$engine: nothing lost" stats '([.lost[]] | add) == 0'
	for cgroup in / "${@:2}"; do
		cgroup=${cgroup#*/} cgroup=/${cgroup%cgroup.procs} cgroup=${cgroup%/}
		n=$(grep -cFx "(${cgroup:-/})" out)
		[ "$n" -le "$threads" ] || fail "$engine: $n calls in ${cgroup:-/}"
		sum=$((sum + n))
	done
	is "$engine: in these cgroups" "$sum" "$(wc -l <out)"
	holds "$engine: $threads times $#, but $sum" stats "(.skipped // 0) + $sum >= $((threads * $#))"
}

buffer=32M
case $(uname -r) in 5.10.*) buffer=1M ;; esac
for engine in kmod bpf; do
	moved 200 cg/first/cgroup.procs cg/second/cgroup.procs
	moved 3 v1/old/cgroup.procs
	case $(uname -r) in 5.10.*) ;; *) moved 4200 cg/first/cgroup.procs ;; esac
done
