#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --cgroup and --container in the kernel: calls in other cgroups are filtered out before they are recorded. Calls in
# cgroups that are created later, below a selected one, or again under the same name are not. The library decides the
# cases that the kernel cannot.
# full
# quick
# timeout: 180
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
mkdir -p cg
mount -t cgroup2 none cg || { echo "no cgroup2"; exit 77; }
id=$(printf '0123456789abcdef%.0s' 1 2 3 4)
other=$(printf 'fedcba9876543210%.0s' 1 2 3 4)
mkdir -p cg/other cg/jobs "cg/docker/$id" "cg/docker/$other"

# in_cgroup CGROUP N: a process in the cgroup makes N getppid calls. Before it is in the cgroup it makes no selected
# call.
cat >work <<'END'
#!/usr/bin/perl
open(F, ">", "/tmp/cg/$ARGV[0]/cgroup.procs") or die "$ARGV[0]: $!"; syswrite(F, "$$\n"); close(F);
syscall(110) for 1 .. $ARGV[1];
END
in_cgroup() { perl work "$@"; }

# begin OPTION...: records with these options into the file "file". Later, its lines are counted by cgroup into
# "counts"; the statistics hold how many calls the kernel recorded and how many the library left out.
begin() {
	linxcap -q -e getppid -e signal=none -w file --stats=stats "$@" 2>err &
	pid=$!
	soon recording "$pid"
}
end() {
	kill -INT "$pid"
	wait "$pid" || fail "$1: status $?: $(cat err)"
	accounts "$1" stats
	linxcap -q -r file --format '%linx.cgroup' | sort | uniq -c | awk '{ print $2, $1 }' >counts
}
left_out() { is "$1: calls that the library left out" "$(linxcap -q -r file --format json | jq 'select(.kind == "certificate") | .left_out // 0')" "$2"; }

begin --cgroup /job
in_cgroup other 500
in_cgroup jobs 30
mkdir cg/job
in_cgroup job 7
mkdir cg/job/below
in_cgroup job/below 5
soon rmdir cg/job/below
soon rmdir cg/job
in_cgroup other 500
mkdir cg/job
in_cgroup job 3
end "--cgroup"
is "those of the cgroup, of ones below, and of the one that was made again" "$(cat counts)" "$(printf '(/job) 10\n(/job/below) 5')"

holds "others were filtered" stats '.filtered == 1030'
left_out "by the kernel" 0

begin --container "${id:0:12}"
in_cgroup "docker/$id" 4
in_cgroup "docker/$other" 400
in_cgroup other 400
end "--container"
is "those of the container" "$(cat counts)" "(/docker/$id) 4"
holds "other containers were filtered too" stats '.filtered == 800'
left_out "by the kernel" 0

# The module does not know the names of containers. If a name is given, the module records the calls in the cgroups of
# all containers, and the library leaves out those of other containers.
begin --container web
in_cgroup "docker/$id" 4
in_cgroup other 400
end "--container NAME"
is "none has this name" "$(cat counts)" ""
left_out "those in no container by the kernel, but not the other's" 4

# A task moves between cgroups while it runs: its calls in the selected cgroup are recorded, its calls in the other one
# are not, also with entries and with a filter by duration.
cat >wander <<'END'
for my $i (1 .. 40) {
	open(F, ">", "/tmp/cg/" . ($i % 2 ? "job" : "other") . "/cgroup.procs") or die; syswrite(F, "$$\n"); close(F);
	syscall(110) for 1 .. 5;
}
END
begin --cgroup /job --entry --min-duration 1ns
perl wander
end "a task that wanders"
is "what it did there" "$(cut -d' ' -f1 counts)" "(/job)"
[ "$(cut -d' ' -f2 counts)" -ge 100 ] || fail "only $(cat counts)"

# Two probes at one function share the work of one, and still find out which cgroup a task is in. No call is selected
# that could find it out before.
if [ -e /sys/kernel/btf/vmlinux ] && [ "$(uname -m)" = x86_64 ]; then
	linxcap -q -e none -e signal=none -w file --stats=stats --cgroup /jobs --probe 'kprobe:__x64_sys_getppid()' \
		--probe 'kretprobe:__x64_sys_getppid() => ret:s64' 2>err &
	pid=$!
	soon recording "$pid"
	in_cgroup other 300
	in_cgroup jobs 7
	kill -INT "$pid"
	wait "$pid" || fail "probes: status $?: $(cat err)"
	holds "probes: hits of the cgroup alone" stats '[.probes[].selected] == [7, 7] and ([.probes[].filtered] | min) >= 300'
fi
