#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Descriptors with their files and peers, as strace -y and -yy show them for the same run, and the selection of calls by
# path and number.
# full
# timeout: 500
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
failures=0

# same NAME OPTION CMD...: linxcap records a run of strace, so that both see the same descriptors. Expects the same text
# for each descriptor.
same() {
	local name=$1 option=$2 found
	shift 2
	linxcap --entry "$option" -w s.cap --stats=s.stats -- strace -f "$option" -o s.strace "$@" >out 2>err </dev/null
	everything "$name" s.stats
	linxcap -q "$option" -r s.cap --format strace >s.linx 2>>err || fail "$name: replay: $(cat err)"
	grep -Eq '[0-9]<[^>]*>' s.strace || fail "$name: strace shows no descriptor"
	found=$("$JOB/guest/same-calls" --fds s.strace s.linx 2>&1) && return
	echo "FAIL: $name $option differs from strace:"
	cut -c1-300 <<<"$found"
	failures=$((failures + 1))
}

cat >sockets.pl <<'END'
use strict;
use warnings;
use Socket;
mkdir "/tmp/d";
open my $f, '>', "/tmp/d/deleted" or die;
unlink "/tmp/d/deleted";
syswrite $f, "x";
open my $odd, '>', "/tmp/d/<odd>\"\n\303\251" or die;
syswrite $odd, "x";
pipe my $r, my $w or die;
syswrite $w, "x";
sysread $r, my $byte, 1;
socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, 0 or die;
syswrite $a, "x";
close $b;
close $a;
socket my $l, AF_UNIX, SOCK_STREAM, 0 or die;
unlink "/tmp/d/socket";
bind $l, sockaddr_un("/tmp/d/socket") or die;
listen $l, 5 or die;
socket my $c, AF_UNIX, SOCK_STREAM, 0 or die;
connect $c, sockaddr_un("/tmp/d/socket") or die;
accept my $s, $l or die;
syswrite $c, "x";
close $c;
close $s;
socket my $tl, AF_INET, SOCK_STREAM, 0 or die;
bind $tl, sockaddr_in(0, INADDR_LOOPBACK) or die;
listen $tl, 5 or die;
my $to = getsockname $tl;
socket my $tc, AF_INET, SOCK_STREAM, 0 or die;
connect $tc, $to or die;
accept my $ts, $tl or die;
syswrite $ts, "x";
sysread $tc, $byte, 1;
close $ts;
close $tc;
socket my $u, AF_INET, SOCK_DGRAM, 0 or die;
connect $u, $to or die;
syswrite $u, "x";
if (my $p = fork) {
	waitpid $p, 0;
} else {
	chdir "/tmp/d";
	exec "/usr/bin/cat", "/dev/null";
}
opendir my $d, "/proc/self/fd" or die;
readdir $d;
END

shell='exec 3</etc/passwd 4>&3 5>/dev/null 6<>x; echo hi >&6; cat <&3 >&5; (exec 3<&-; ls -l /proc/self/fd) >&5; exec 6>&-; rm x'
ip link set lo up 2>/dev/null || busybox ifconfig lo 127.0.0.1 up
for option in -y -yy; do
	same "sh $option" "$option" sh -c "$shell"
	same "bash $option" "$option" bash -c "$shell; x=\$(wc -l </etc/group | tr 1 2)"
	same "ls $option" "$option" ls -la /usr/bin /dev
	same "tar $option" "$option" tar cf /dev/null /etc
	same "threads $option" "$option" cap_threads
	same "$narrow $option" "$option" "cap_threads.$narrow"
done
# The addresses of sockets (-yy) are not compared here, since strace queries some of them through a kernel module that
# the guest lacks. The test rec_fd compares the addresses.
same perl -y perl sockets.pl
is "comparisons with differences" "$failures" 0

# Calls can be selected by path and by descriptor number.
echo hello >chosen
lx -q -P /tmp/chosen --format strace -- sh -c 'cat chosen chosen >/dev/null; exec 9</tmp/chosen; read x <&9'
has 'by path' out '^[0-9]+ +openat\(AT_FDCWD, "/tmp/chosen"'
lacks 'by path' out '^[0-9]+ +openat\(AT_FDCWD, "/etc'
has 'by the path of a descriptor' out '^[0-9]+ +(dup[23]|fcntl|close|read)\('
lx -q -e fd=9 --format strace -- sh -c 'exec 9</tmp/chosen; read x <&9'
lacks 'by number' out '^[0-9]+ +(mmap|openat|brk|execve)\('
has 'by number' out '^[0-9]+ +(close|read|dup[23])\('

# A descriptor about which anything is known is an object in JSON, any other one a number.
lx -q -yy --format json -- perl sockets.pl
for type in file pipe socket char; do
	[ "$(count out ".args.fd.type? == \"$type\"")" -gt 0 ] || fail "JSON has no $type: $(head -c 500 out)"
done
[ "$(count out '.args.fd.tuple?.peer?.port? > 0')" -gt 0 ] || fail "JSON has no peer"
[ "$(count out '.args.fd.path? == "/tmp/d/deleted" and .args.fd.deleted')" -gt 0 ] || fail "JSON has no deleted file"
