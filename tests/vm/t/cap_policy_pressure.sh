#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Attempts to turn rules off by force: loops of refusals on more tasks than there are CPUs, real-time tasks that leave
# no time to the reader, a full ring, a fork storm, memory that runs out, and a stopped reader. No open passes, and
# counts are exact. A stopped reader is reported, and ends its rules only if an option asks for that.
# full
# params: enforce=1
# timeout: 400
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
echo 1 >/sys/module/linx/parameters/enforce
echo secret >secret
rule='evt.type in (open, openat, openat2) and fd.name = /tmp/secret'
cat >open.pl <<'END'
my ($file, $n) = @ARGV;
my %how;
for (1 .. $n) { open(my $f, "<", $file) ? $how{opened}++ : $how{$! + 0}++; }
print join(" ", map { "$_=$how{$_}" } sort keys %how), "\n";
END

linxcap policy add --name force --deny "$rule" || fail "add"

# More loops of opens run than there are CPUs, two of them at a real-time priority, while processes start and end. The
# rule must refuse and count every open.
for i in 1 2 3 4 5 6; do
	if [ "$i" -le 2 ]; then
		perl -e 'my $priority = pack("i", 50); syscall(144, 0, 1, $priority) == 0 or die "no real-time priority"; exec @ARGV' perl open.pl secret 4000 >loop.$i &
	else
		perl open.pl secret 4000 >loop.$i &
	fi
done
perl -e 'for (1 .. 1000) { my $p = fork; exit(open(my $f, "<", "secret") ? 7 : 0) if defined $p && !$p; waitpid($p, 0); die "passed" if $? }' || fail "fork storm"
wait
for i in 1 2 3 4 5 6; do
	is "loop $i" "$(cat loop.$i)" 1=4000
done
is "loops: counted" "$(linxcap policy list --json | jq '.[0].rules[0].refused')" 25000

# Memory runs out: the kernel kills the process that takes the memory, and rules stay in force.
echo 'linx-vm: memory will run out' >/dev/kmsg
perl open.pl secret 5000 >loop.1 &
loop=$!
perl -e 'open(my $f, ">", "/proc/self/oom_score_adj"); print $f 1000; close $f; my @all; push @all, "x" x 16777216 while 1' 2>/dev/null
wait $loop
is "memory" "$(cat loop.1)" 1=5000
linxcap policy off

# A ring is full, and its reader is stopped: that is reported, and the rules stay in force.
linxcap -e none --deny "$rule" --buffer 64K --format json -o /dev/null 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/secret'
kill -STOP $reader
perl open.pl secret 5000 >loop.1
is "stopped reader" "$(cat loop.1)" 1=5000
soon sh -c "dmesg | grep -q 'linx: the reader (process $reader) .* has not read for .* the rules go on'"
list=$(linxcap policy list --json)
jq -e '.[0].late' <<<"$list" >/dev/null || fail "the list does not say that the reader is late: $list"
perl open.pl secret 5 >loop.1
is "late reader: rules go on" "$(cat loop.1)" 1=5
kill -CONT $reader
soon sh -c 'linxcap policy list --json | jq -e ".[0].late | not"'
kill -INT $reader
wait $reader
counted=$(sed -n 's/.*fd.name = \/tmp\/secret: \([0-9]*\) refused.*/\1/p' err)
[ "$counted" -ge 5005 ] || fail "full ring: counted $counted"

# With --end-late the rules end if their reader is late.
linxcap -e none --deny "$rule" --end-late 11s --format json -o /dev/null 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/secret'
kill -STOP $reader
perl open.pl secret 100 >loop.1
is "end-late: at first" "$(cat loop.1)" 1=100
soon cat secret
kill -KILL $reader
wait $reader 2>/dev/null
exit 0
