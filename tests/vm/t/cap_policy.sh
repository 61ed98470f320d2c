#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# linxcap policy: policies that the module keeps refuse without a reader, count by rule and program, change their mode, and
# end by delete, off and the parameter enforce. What --persist sets goes on when the reader is killed, and the next reader
# takes it over. Trials end unless they are confirmed. Programs without which nobody gets in need --force.
# params: enforce=1
# timeout: 300
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
echo 1 >/sys/module/linx/parameters/enforce # a test before this one may have turned it off
echo secret >secret
echo second >second
opens='evt.type in (open, openat, openat2)'
rule="$opens and fd.name = /tmp/secret"
cat >open.pl <<'END'
my ($file, $n) = @ARGV;
my %how;
for (1 .. $n) { open(my $f, "<", $file) ? $how{opened}++ : $how{$! + 0}++; }
print join(" ", map { "$_=$how{$_}" } sort keys %how), "\n";
END
tries() { perl open.pl "$1" "$2"; }
policy() { lx policy "$@"; is "policy $*: status ($(head -c 600 err))" "$status" 0; }
listed() { linxcap policy list --json >list.json || fail "list"; holds "$1" list.json "$2"; }

policy list
is "at first" "$(cat out)" "no policies"

# Without a reader.
policy add --name keys --deny "$rule" --deny-with 'deny EACCES'
is "kept: refused" "$(tries secret 30)" 13=30
listed "kept: counted" '.[0] | .name == "keys" and .kept and .reader == 0 and .rules[0].refused == 30 and .rules[0].mode == "enforce"'
listed "kept: by program" '[.[0].programs[] | select(.program == "perl").count] == [30]'
refused "a second of the name" 1 'there is a policy of this name' policy add --name keys --deny "$opens and fd.name = /tmp/second"
policy add --name more --deny "$opens and fd.name = /tmp/second" --dry-run
is "dry run: nothing is refused" "$(tries second 4)" opened=4
listed "dry run: counted" '.[1].rules[0] | .mode == "observe" and .observed == 4 and .refused == 0'
policy mode enforce more
is "mode enforce" "$(tries second 4)" 1=4
policy mode observe keys
is "mode observe" "$(tries secret 4)" opened=4
policy mode enforce keys "$rule"
is "mode enforce of a rule" "$(tries secret 4)" 13=4
policy list
has "list: a rule" out '^ +38  enforce  evt.type in'
policy delete keys "$rule"
is "delete of a rule" "$(tries secret 4)" opened=4
policy delete keys
listed "delete" 'length == 1 and .[0].name == "more"'
refused "delete of nothing" 1 'no such policy: keys' policy delete keys
policy off
listed "off" 'length == 0'
is "off: nothing is refused" "$(tries second 4)" opened=4

# A storm while policies come, change and go: what one of them refuses never passes.
policy add --name always --deny "$rule" --deny-with 'deny EACCES'
perl open.pl secret 10000 >storm &
storm=$!
for i in 1 2 3 4 5 6; do
	policy add --name other --deny "$rule"
	policy mode observe other
	policy add --replace --name always --deny "$rule" --deny-with 'deny EACCES'
	policy delete other
done
wait $storm
lacks "storm: nothing passes" storm opened
policy off

# The reader is killed.
linxcap -e none --deny "$rule" --persist kept --format json >out 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/secret'
listed "persist: has a reader" ".[0] | .kept and .reader == $reader"
kill -KILL $reader
wait $reader 2>/dev/null
is "persist: goes on" "$(tries secret 25)" 1=25
soon sh -c "linxcap policy list --json | jq -e '.[0].reader == 0'"
listed "persist: counts without records" '[.[0].programs[] | select(.program == "perl").count] == [25]'
lx -e none --take-policy kept --format json -o events -- sh -c 'perl open.pl secret 6 >said'
is "taken over: status ($(cat err))" "$status" 0
is "taken over: refused" "$(cat said)" 1=6
is "taken over: events" "$(count events ".kind == \"refused\" and .rule_name == \"$rule\"")" 6
is "after the second reader" "$(tries secret 3)" 1=3
lx -e none --deny "$rule" --deny-with 'deny EACCES' --persist kept --format json -o events -- sh -c 'perl open.pl secret 6 >said'
is "replaced by the same name" "$(cat said)" 13=6
listed "replaced: one policy" 'length == 1'
is "replaced: goes on" "$(tries secret 3)" 13=3
refused "another reader of none" 1 "keeps no policy 'none'" -e none --take-policy none -- true

# The parameter ends what is kept.
echo 0 >/sys/module/linx/parameters/enforce
is "enforce=0: nothing is refused" "$(tries secret 3)" opened=3
echo 1 >/sys/module/linx/parameters/enforce
is "enforce=1: it has ended" "$(tries secret 3)" opened=3
listed "enforce=0: ended" 'length == 0'

# A trial ends by itself; one that is confirmed goes on.
policy add --name short --deny "$rule" --for-trial 20s
policy add --name long --deny "$opens and fd.name = /tmp/second" --for-trial 20s
is "trial: refused" "$(tries secret 3)" 1=3
policy confirm long
listed "trial: confirmed" '[.[] | select(.name == "long").trial] == [false]'
soon sh -c 'cat /tmp/secret'
listed "trial: ended" '[.[].name] == ["long"]'
sleep 3 # it was added at once after the other
is "confirmed: refused" "$(tries second 3)" 1=3
policy off
linxcap -e none --deny "$rule" --for-trial 20s >out 2>err </dev/null &
reader=$!
soon sh -c 'linxcap policy list --json | jq -e ".[0].rules[0].name"'
soon sh -c 'cat /tmp/secret'
listed "trial of a session: ended" '.[0] | .ended and (.kept | not)'
kill -INT $reader
wait $reader

# Nobody gets locked out without --force.
refused "shell" 2 "would refuse /bin/(sh|bash) .exec" policy add --deny 'evt.type = execve and proc.exepath startswith /bin/'
refused "C library" 2 "would refuse .*libc.so.6" policy add --deny "$opens and fd.filename = libc.so.6"
refused "of a session" 2 'would refuse' -e none --deny 'evt.type = execve and proc.exepath startswith /usr/' -- true
policy add --name careful --dry-run --deny 'evt.type = execve and proc.exepath endswith /bash'
refused "mode enforce" 2 'would refuse' policy mode enforce careful
policy mode --force enforce careful
! bash -c true 2>/dev/null || fail "bash runs"
linxcap policy off
bash -c true || fail "bash does not run again"

# Root's exempt programs.
policy add --name exempt --deny "$rule" --exempt-program "$(command -v perl)"
is "exempt: opened" "$(tries secret 3)" opened=3
! cat secret 2>/dev/null || fail "exempt: cat reads"
perl -e '$> = 65534; exec "perl", "/tmp/open.pl", "/tmp/secret", 3' >said
is "exempt: not for others" "$(cat said)" 1=3

# A policy does not keep the module; it ends with it.
rmmod linx || fail "rmmod"
is "rmmod: nothing is refused" "$(cat secret)" secret
