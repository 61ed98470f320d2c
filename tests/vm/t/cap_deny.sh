#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# linxcap --deny: each operation that a rule refuses fails as the rule says, each refusal is an event and is counted, a
# dry run refuses nothing and counts the same, other programs and files work, and nothing is refused once linxcap has
# ended.
# params: enforce=1
# timeout: 200
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
echo secret >secret
echo plain >plain
mkdir -p vault/deep
echo deep >vault/deep/file
cp /bin/true tool
ip link set lo up 2>/dev/null
opens='evt.type in (open, openat, openat2)'

# attempts FILE N: opens a file N times, and prints how many of the opens failed, and how
cat >open.pl <<'END'
my ($file, $n) = @ARGV;
my %how;
for (1 .. $n) { open(my $f, "<", $file) ? $how{opened}++ : $how{$! + 0}++; }
print join(" ", map { "$_=$how{$_}" } sort keys %how), "\n";
END
cat >connect.pl <<'END'
use Socket;
for my $port (@ARGV) {
	socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
	connect($s, sockaddr_in($port, inet_aton("127.0.0.1")));
	print "$port=", $! + 0, " ";
}
print "\n";
END

refusals() { count "$1" '.kind == "refused"'; }

# deny COMMAND...: runs linxcap with the rules in the array rules; the command prints to the file "said"
deny() {
	lx -e none "${rules[@]}" --format json -o events -- sh -c '"$@" >said 2>&1' sh "$@"
	is "$*: status ($(cat err))" "$status" 0
}

rules=(--deny "$opens and fd.name = /tmp/secret")
deny perl open.pl secret 20
is "file: each open fails" "$(cat said)" 1=20
is "file: events" "$(refusals events)" 20
is "file: what was judged" "$(jq -c 'select(.kind == "refused") | [.check, .refused, .error, .comm, (.path | endswith("/secret"))]' events | sort -u)" \
	'["file_open",true,"EPERM","perl",true]'
is "file: name of the rule" "$(jq -r 'select(.kind == "refused") | .rule_name' events | sort -u)" "$opens and fd.name = /tmp/secret"
has "file: count" err 'fd.name = /tmp/secret: 20 refused'
ln -f secret other
deny perl open.pl other 3
is "file: by a hard link" "$(cat said)" 1=3
deny perl open.pl plain 3
is "file: others can be opened" "$(cat said)" opened=3
is "file: others make no events" "$(refusals events)" 0
perl open.pl secret 2 >said
is "afterwards it can be opened" "$(cat said)" opened=2

rules=(--deny "$opens and fd.name = /tmp/secret" --dry-run)
deny perl open.pl secret 20
is "dry run: nothing is refused" "$(cat said)" opened=20
is "dry run: events" "$(jq -c 'select(.kind == "refused") | [.observed, .refused]' events | sort | uniq -c | tr -s ' ')" ' 20 [true,false]'
has "dry run: count" err ': 20 only reported'

rules=(--deny "$opens and fd.name startswith /tmp/vault/ and evt.is_open_write = false" --deny-with 'deny EACCES')
deny perl open.pl vault/deep/file 4
is "directory: the error of the rule" "$(cat said)" 13=4

rules=(--deny 'evt.type = execve and proc.exepath = /tmp/tool' --deny-with kill)
deny sh -c './tool; echo $?'
has "kill: the shell's child is killed" said 137
is "kill: event" "$(jq -r 'select(.kind == "refused") | "\(.check) \(.signal)"' events)" "exec SIGKILL"

rules=(--deny 'evt.type = connect and fd.rport in (4711, 4712) and fd.rnet = 127.0.0.0/8' --deny-with 'deny ECONNREFUSED')
deny perl connect.pl 4710 4711 4712
is "connect: errors" "$(cat said)" "4710=111 4711=111 4712=111 "
is "connect: which were refused" "$(jq -r 'select(.kind == "refused") | .address.port' events | sort | tr '\n' ' ')" "4711 4712 "

# PTRACE_TRACEME is refused as a call, because it does not reach the check "ptrace"; PTRACE_SEIZE is refused by that
# check. Reading /proc/PID/stat and environ asks the same check of the kernel, and must succeed.
rules=(--deny 'evt.type = ptrace' --deny-with kill)
deny sh -c 'cat /proc/1/stat /proc/1/environ >/dev/null; echo $?; perl -e "syscall(101, 0, 0, 0, 0)"; echo $?; perl -e "syscall(101, 0x4206, 1, 0, 0)"; echo $?'
is "ptrace: reading passes, the rest is killed" "$(grep -x '[0-9]*' said | tr '\n' ' ')" "0 137 137 "
is "ptrace: events" "$(jq -r 'select(.kind == "refused") | .check' events | tr '\n' ' ')" "call ptrace "

# A recording has the refusals, with the names of the rules, and shows them as they were shown live.
rules=()
lx -e none --deny "$opens and fd.name = /tmp/secret" -w f.cap -- sh -c 'perl open.pl secret 5 >said'
is "recording: status ($(cat err))" "$status" 0
lx -r f.cap --format json -o file.json
is "recording: events" "$(refusals file.json)" 5
is "recording: name of the rule" "$(jq -r 'select(.kind == "refused") | .rule_name' file.json | sort -u)" "$opens and fd.name = /tmp/secret"
lx -q -r f.cap
has "recording: text" out 'refuse file_open.".*/secret". = EPERM .evt.type in'

# Refusing is off until root turns it on.
echo 0 >/sys/module/linx/parameters/enforce
lx -e none --deny "$opens and fd.name = /tmp/secret" -- true
echo 1 >/sys/module/linx/parameters/enforce # the tests after this one need it
is "off: status" "$status" 1
has "off: what to do" err '/sys/module/linx/parameters/enforce'
