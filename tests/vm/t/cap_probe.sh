#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Probes on functions and tracepoints of the kernel: each hit is one that a program made and counted, with the arguments
# that it gave; the account holds; a capture shows the same as the live recording.
# with: probed
# timeout: 200
. "$JOB/guest/cap.sh"

[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel does not describe its types (BTF)"
cd /tmp || exit 1

# Connects N times to a port of this machine on which nobody listens.
cat >connect.pl <<'END'
use Socket;
my ($port, $n) = @ARGV;
for (1 .. $n) {
	socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
	connect($s, sockaddr_in($port, inet_aton("127.0.0.1"))) and die;
}
END

# Reads a file of 1,000 bytes by tens, up to its end: 101 reads.
cat >read.pl <<'END'
open(my $f, "<", "/tmp/data") or die;
1 while sysread($f, my $x, 10);
END
head -c 1000 /dev/zero >data
ip link set lo up 2>/dev/null

hits() { count "$1" '.kind == "probe"'; }

# checks the connects in JSON lines
connects() { # NAME FILE
	is "$1: hits" "$(hits "$2")" 50
	is "$1: of this probe alone" "$(jq -r 'select(.kind == "probe") | .probe' "$2" | sort -u)" tcp_connect
	is "$1: port" "$(jq -c 'select(.kind == "probe") | .args.port' "$2" | sort -u)" 4711
	is "$1: peer" "$(jq -r 'select(.kind == "probe") | .args.sk.peer | "\(.addr):\(.port)"' "$2" | sort -u)" 127.0.0.1:4711
	is "$1: task" "$(jq -r 'select(.kind == "probe") | .comm' "$2" | sort -u)" perl
	is "$1: no system call" "$(count "$2" '.kind == "syscall"')" 0
}

connect_probe='kprobe:tcp_connect(port=sk->__sk_common.skc_dport, sk)'
lx -e none --probe "$connect_probe" --format json -o live.json --stats=live.stats -- perl connect.pl 4711 50
is "connect: status ($(cat err))" "$status" 0
connects live live.json
has "connect: account" err 'kprobe:tcp_connect.*: 50 selected = 50 committed \+ 0 lost'
holds "connect: complete" live.stats '.complete == true'

lx -e none --probe "$connect_probe" -w f.cap -- perl connect.pl 4711 50
is "capture: status ($(cat err))" "$status" 0
lx -r f.cap --format json -o file.json
is "replay: status ($(cat err))" "$status" 0
connects replay file.json
has "replay: account" err 'kprobe:tcp_connect.*: 50 selected = 50 committed \+ 0 lost'
lx -q -r f.cap 'probe.arg.port = 4712'
is "replay: no hit passes another port" "$(wc -c <out)" 0

lx -e none --probe "$connect_probe if port = 4711 and port > 4000" --format json -o if.json --stats=if.stats -- sh -c 'perl connect.pl 4711 50; perl connect.pl 4712 20'
is "if: status ($(cat err))" "$status" 0
connects if if.json
holds "if: others are filtered in the kernel" if.stats '.probes[0].selected == 50 and .probes[0].filtered == 20'
holds "if: complete" if.stats '.complete == true'

lx -e none --probe 'kretprobe:vfs_read(file, count) => ret' --format json -o r.json -- perl read.pl
is "return: status ($(cat err))" "$status" 0
data='select(.kind == "probe" and .args.file == "/tmp/data")'
is "return: reads of the file" "$(jq -c "$data" r.json | wc -l)" 101
is "return: bytes" "$(jq -s "[.[] | $data | .ret] | add" r.json)" 1000
is "return: durations" "$(jq -c "$data | .duration_ns > 0" r.json | sort -u)" true

lx -e none --probe 'rawtp:sched_process_exec(pid=p->pid, bprm->filename:str)' --format json -o x.json -- sh -c 'perl -e 1; perl -e 2; exit'
is "exec: status ($(cat err))" "$status" 0
# The recording begins with the exec of sh, whose hit may come too early to be recorded. It is therefore not compared.
is "exec: programs" "$(jq -r 'select(.kind == "probe") | .args["bprm->filename"] | sub(".*/"; "")' x.json | tr '\n' ' ' | sed 's/^sh //')" "perl perl "
is "exec: the thread's own number" "$(jq -c 'select(.kind == "probe") | .args.pid == .tid' x.json | sort -u)" true

# Hits are recorded together with system calls, in their order: each connect(2) has its hit before it returns.
lx -e trace=connect --probe "$connect_probe" --format json -o both.json -- perl connect.pl 4711 5
is "both: order" "$(jq -r 'select(.kind == "probe" or .kind == "syscall") | .kind' both.json | tr '\n' ' ')" \
	"probe syscall probe syscall probe syscall probe syscall probe syscall "

# Functions that share a name may have different prototypes, of which BTF has one, unless it was made by a newer pahole:
# then it has the tag bpf_kfunc, too. The functions of this name have the same prototype, which older BTF does not say.
# The newest pahole leaves out all names of several functions.
shared=bpf_iter_detach_map
[ "$(grep -c " $shared\$" /proc/kallsyms)" -gt 1 ] || fail "shared name: there are not several $shared"
lx -e none --probe "kprobe:$shared(\$1)" -o shared.txt -- true
is "shared name: arguments by number ($(cat err))" "$status" 0
lx -e none --probe "kprobe:$shared(aux)" -o shared.txt -- true
if grep -qaP '\x00bpf_kfunc\x00' /sys/kernel/btf/vmlinux; then
	[ "$status" = 0 ] || has "shared name: left out of BTF" err 'the types of this kernel do not have'
else
	is "shared name: status" "$status" 1
	has "shared name: refused" err 'several functions have this name'
fi

# A place within a function: a register has there what the code has put into it. The argument is in %ax, then 5 more is.
insmod "$JOB/probed.ko" || fail "within: insmod"
IFS=, read -r before after </sys/module/probed/parameters/within
place=$(printf 'probed:linx_probed_within+0x%x' "$before")
lx -e none --probe "kprobe:probed:linx_probed_within+$before(n=%ax)" \
	--probe "kprobe:probed:linx_probed_within+$after(n=%ax, low=(u8)%ax)" --format json -o within.json \
	-- sh -c 'echo 20 >/sys/module/probed/parameters/calls'
is "within: status ($(cat err))" "$status" 0
is "within: names" "$(jq -r 'select(.kind == "probe") | .probe' within.json | sort -u | wc -l)" 2
is "within: before" "$(jq -c --arg p "$place" 'select(.probe == $p) | .args.n' within.json | xargs)" "$(seq -s ' ' 0 19)"
is "within: after" "$(jq -c --arg p "$place" 'select(.kind == "probe" and .probe != $p) | .args.n' within.json | xargs)" "$(seq -s ' ' 5 24)"
is "within: a part" "$(jq -c 'select(.args.low) | .args.n == .args.low' within.json | sort -u)" true
has "within: account" err "linx_probed_within.*: at least 20 selected = 20 committed \+ 0 lost"
rmmod probed

lx --probe 'kprobe:tcp_connect+1' -- true
is "within: no boundary: status" "$status" 1
has "within: no boundary" err 'kprobe:tcp_connect\+1: no instruction begins at this offset'
lx --probe 'kprobe:tcp_connect+0xfffff' -- true
is "within: behind the end: status" "$status" 1
has "within: behind the end" err 'kprobe:tcp_connect\+0xfffff: the function ends before this offset'
lx --probe 'kprobe:tcp_connect+16(sk)' -- true
is "within: an argument: status" "$status" 2
has "within: an argument" err 'arguments are known only where tcp_connect begins'
lx --probe 'kprobe:kprobe_dispatcher+16' -- true
is "within: forbidden: status" "$status" 1
has "within: forbidden" err 'kprobe_dispatcher\+16: it cannot be probed: not traceable, or forbidden for probes'

lx --probe 'kprobe:no_such_function_here' -- true
is "absent: status" "$status" 1
has "absent" err 'no such symbol: inlined, renamed or absent'
