#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf records the same as the module, and its counts are as exact. Also on arm64 and before Linux 5.17, where
# loops of eBPF programs are short, which a line of the recording and `linxcap doctor` report.
# full
# arches: arm64
# timeout: 500
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
plain() { grep -v SIGCHLD "$1" | sed -E 's/^[0-9]+ +//; s/0x[0-9a-f]+/0xN/g; s/[0-9]{2,}/N/g; s/ +/ /g'; }

# Values that need loops: more strings than the eBPF programs handle in one turn, a vector of buffers, a path of many
# names, durations and descriptors.
many=$(seq 300 | xargs)
deep=$(printf 'd/%.0s' {1..200})
mkdir -p "$deep"
program() { # ENGINE OPTION...
	local engine=$1
	shift
	lx --engine "$engine" --format strace -y "$@" -o "$engine.log" -- sh -c "cd $deep && exec 3<. && busybox true $many && exec busybox cat /etc/passwd - </dev/null"
	is "$engine: status ($(cat err))" "$status" 0
}
program kmod -e trace=execve,openat,chdir,read,writev,dup2
rmmod linx || fail "rmmod"
program bpf -e trace=execve,openat,chdir,read,writev,dup2
case $(uname -r) in
5.*) has "a line says what is left out" err 'not recorded: more than 256 strings' ;;
*) lacks "nothing is left out" err 'not recorded: more than' ;;
esac
plain kmod.log >kmod.plain
plain bpf.log >bpf.plain
diff kmod.plain bpf.plain >diff || fail "the engines differ: $(cut -c1-400 diff | head -n 20)"

# The reader is stopped while the calls are made, so that the ring overflows.
background --engine bpf --buffer 128K -T -e trace=getppid -w a.cap --stats=s
unread cap_storm 4 50000
kill -INT "$pid"
ended
is "overflow: status ($(cat err))" "$status" 0
accounts "overflow" s
holds "overflow: something was lost" s '.lost.full > 0'
holds "overflow: all calls" s '(.skipped // 0) as $k | .calls.getppid.selected | . <= 200000 and . + $k >= 200000'
linxcap -q -r a.cap --format json >t.json || fail "replay"
unknown=$(count t.json '.dir == "exit" and .duration_ns == null')
[ "$unknown" -le "$(jq '.skipped // 0' s)" ] || fail "durations: $unknown are not known"

lx doctor
case $(uname -r) in
5.*)
	has "doctor" out '^ok +bpf +.*without what is beyond 256'
	refused "changes of descriptors" 1 '--fds: engine bpf cannot record' --engine bpf --fds --format json -- true
	;;
*) has "doctor" out '^ok +bpf +.*without the module' ;;
esac
