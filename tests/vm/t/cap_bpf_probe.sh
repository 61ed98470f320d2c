#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Probes by the engine bpf: each hit is one that a program made and counted, with the arguments that it gave; the account
# holds; on the same run the module records the same arguments.
# full
# timeout: 900
. "$JOB/guest/cap.sh"

[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel does not describe its types (BTF)"
cd /tmp || exit 1
ip link set lo up 2>/dev/null

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

connect='kprobe:tcp_connect(port=sk->__sk_common.skc_dport, sk)'
if [ "$(uname -r | cut -d . -f 1)" = 5 ]; then
	refused "before Linux 5.17" 1 'engine bpf has probes from Linux 5.17 on' --engine bpf -e none --probe "$connect" -- true
	exit
fi

hits() { count "$1" '.kind == "probe"'; }
# From Linux 6.7 on the kernel counts the runs of programs at functions that it skips.
counts_skipped() { [ "$(printf '6.7\n%s\n' "$(uname -r)" | sort -V | head -n 1)" = 6.7 ]; }
complete() { # NAME STATS: of probes on functions
	if counts_skipped; then
		holds "$1: complete" "$2" '.complete'
	else
		holds "$1: at least" "$2" '.complete == false and .probes[0].at_least'
	fi
}
sums() { # NAME STATS
	holds "$1: each probe's sum" "$2" '[.probes[] | .selected == .committed + ([.lost[]?] | add // 0)] | all and length > 0'
}

lxb() { lx --engine bpf -e none "$@"; }

lxb --probe "$connect" --format json -o c.json --stats=c.stats -- perl connect.pl 4711 50
is "connect: status ($(cat err))" "$status" 0
is "connect: hits" "$(hits c.json)" 50
is "connect: port" "$(jq -c 'select(.kind == "probe") | .args.port' c.json | sort -u)" 4711
is "connect: peer" "$(jq -r 'select(.kind == "probe") | .args.sk.peer | "\(.addr):\(.port)"' c.json | sort -u)" 127.0.0.1:4711
is "connect: task" "$(jq -r 'select(.kind == "probe") | .comm' c.json | sort -u)" perl
has "connect: account" err 'kprobe:tcp_connect.*: (at least )?50 selected = 50 committed \+ 0 lost'
complete connect c.stats
sums connect c.stats

lxb --probe "$connect" -w f.cap -- perl connect.pl 4711 50
is "capture: status ($(cat err))" "$status" 0
lx -r f.cap --format json -o file.json
is "replay: hits ($(cat err))" "$(hits file.json)" 50

lxb --probe "$connect if port = 4711 and port > 4000" --format json -o if.json --stats=if.stats -- sh -c 'perl connect.pl 4711 50; perl connect.pl 4712 20'
is "if: status ($(cat err))" "$status" 0
is "if: hits" "$(hits if.json)" 50
holds "if: others are filtered in the kernel" if.stats '.probes[0].selected == 50 and .probes[0].filtered == 20'

lxb --probe 'kretprobe:vfs_read(file, count) => ret' --format json -o r.json --stats=r.stats -- perl read.pl
is "return: status ($(cat err))" "$status" 0
data='select(.kind == "probe" and .args.file == "/tmp/data")'
is "return: reads of the file" "$(jq -c "$data" r.json | wc -l)" 101
is "return: bytes" "$(jq -s "[.[] | $data | .ret] | add" r.json)" 1000
is "return: durations" "$(jq -c "$data | .duration_ns > 0" r.json | sort -u)" true
sums return r.stats

exec_probe='rawtp:sched_process_exec(pid=p->pid, bprm->filename:str)'
lxb --probe "$exec_probe" --format json -o x.json --stats=x.stats -- sh -c 'perl -e 1; perl -e 2; exit'
is "exec: status ($(cat err))" "$status" 0
is "exec: programs" "$(jq -r 'select(.kind == "probe") | .args["bprm->filename"] | sub(".*/"; "")' x.json | tr '\n' ' ' | sed 's/^sh //')" "perl perl "
is "exec: the thread's own number" "$(jq -c 'select(.kind == "probe") | .args.pid == .tid' x.json | sort -u)" true
holds "exec: complete" x.stats '.complete'

[ -e /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing || fail "mount tracefs"
lxb --probe 'tracepoint:sched:sched_process_exec(filename, pid)' --format json -o t.json -- sh -c 'perl -e 1; perl -e 2; exit'
is "fields: status ($(cat err))" "$status" 0
is "fields: programs" "$(jq -r 'select(.kind == "probe") | .args.filename | sub(".*/"; "")' t.json | tr '\n' ' ' | sed 's/^sh //')" "perl perl "
is "fields: the thread's own number" "$(jq -c 'select(.kind == "probe") | .args.pid == .tid' t.json | sort -u)" true

# Registers need a kprobe of its own. Several probes at one function are counted apart.
lxb --probe 'kprobe:tcp_connect(%di:x, $1:x)' --probe "$connect" --probe "$connect if port = 1" --format json -o two.json --stats=two.stats \
	-- perl connect.pl 4711 30
is "several at a function: status ($(cat err))" "$status" 0
holds "several at a function" two.stats '[.probes[] | .selected] == [30, 30, 0] and .probes[2].filtered == 30'
is "registers" "$(jq -c 'select(.kind == "probe" and .args["%di"]) | .args["%di"] == .args["$1"]' two.json | sort -u)" true

# Hits are recorded together with system calls, in their order.
lx --engine bpf -e trace=connect --probe "$connect" --format json -o both.json -- perl connect.pl 4711 5
is "both: order" "$(jq -r 'select(.kind == "probe" or .kind == "syscall") | .kind' both.json | tr '\n' ' ')" \
	"probe syscall probe syscall probe syscall probe syscall probe syscall "

lxb --probe "$connect" 'probe.arg.port = 4712' --format json -o cond.json -- sh -c 'perl connect.pl 4711 5; perl connect.pl 4712 3'
is "condition: hits ($(cat err))" "$(hits cond.json)" 3
cat >rules.yaml <<'END'
- linx_probe: kprobe:tcp_connect(port=sk->__sk_common.skc_dport)
- rule: Odd port
  desc: a connection to an odd port
  condition: probe.name = tcp_connect and probe.arg.port = 4711
  output: odd port %probe.arg.port
  priority: WARNING
END
lx --engine bpf --rules rules.yaml -- perl connect.pl 4711 4
is "rules: alerts ($(cat err))" "$(grep -c 'odd port 4711' out)" 4

# One specification, several functions of the name: each has its number, by rising address.
shared=bpf_iter_detach_map
lxb --probe "kprobe:$shared(\$1)" -o shared.txt -- true
is "shared name: status ($(cat err))" "$status" 0

lxb --probe 'kprobe:no_such_function_here' -- true
is "absent: status" "$status" 1
has "absent" err 'no such symbol: inlined, renamed or absent'
# A function that cannot be traced, among others that can: the message names its probe.
untraced=$(awk '$2 ~ /[tT]/ && NF == 3 { print $3 }' /proc/kallsyms | grep -xE 'irqentry_enter|irqentry_nmi_enter|do_int3|exc_nmi' |
	grep -vxFf <(cut -d ' ' -f 1 /sys/kernel/tracing/available_filter_functions) | head -n 1)
lxb --probe "$connect" --probe "kprobe:$untraced(\$1)" --probe 'kprobe:vfs_open(path)' -- true
is "not traceable: status ($(cat err))" "$status" 1
has "not traceable" err "kprobe:$untraced.*cannot be probed"

# The module and the engine bpf record the same run.
probes=(--probe "$connect" --probe 'kretprobe:vfs_read(file, count) => ret' --probe 'kprobe:commit_creds(new)' --probe 'lsm:inode_unlink(dentry)'
	--probe 'rawtp:sched_process_exec(bprm->filename:str, pid=p->pid)' --probe 'kprobe:security_bprm_check(bprm)'
	--probe 'kprobe:security_socket_connect(sock, address:sockaddr, addrlen)' --probe 'kprobe:vfs_open(path, file->f_flags)'
	--probe 'kprobe:ksys_read(fd, buf:bytes[8]:user, *(u64 *)buf:x:user)' --probe 'kprobe:tcp_close(sk)')
program='use Socket; unlink "no"; open(F, ">", "del"); unlink "del"; $> = 5; $> = 0;
	socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, pack_sockaddr_un("/tmp/nosuch"));
	mkdir "deep"; open(G, ">", "deep/file"); chroot "/tmp"; open(H, "<", "/deep/file"); sysread(H, my $x, 4); system "/nonesuch"; do "./connect.pl";'
background --engine bpf -e none "${probes[@]}" --format json -o b.json --stats=b.stats
lx -e none "${probes[@]}" --format json -o k.json --stats=k.stats -- perl -e "@ARGV = (4711, 3); $program"
is "same: module's status ($(cat err))" "$status" 0
kill -INT "$pid"
ended
is "same: status ($(cat err))" "$status" 0
thread=$(jq -r 'select(.kind == "probe" and .comm == "perl") | .tid' k.json | head -n 1)
same() { # FILE: what both engines have to say alike
	jq -cS "select(.kind == \"probe\" and .tid == $thread) | del(.time_ns, .seq, .cpu, .duration_ns, .cmdline, .ancestors)" "$1"
}
same k.json >k.same
same b.json >b.same
[ "$(wc -l <k.same)" -gt 20 ] || fail "same: the module has $(wc -l <k.same) hits"
# The module begins before the first hit of the program that it starts, the engine bpf earlier.
for name in $(jq -r .probe k.same | sort -u); do
	diff <(grep "\"$name\"" k.same) <(grep "\"$name\"" b.same | tail -n "$(grep -c "\"$name\"" k.same)") >diff ||
		fail "same: $name: $(head -c 1500 diff)"
done
sums same b.stats
