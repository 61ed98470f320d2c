#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# linxcap policy: policies that the module keeps refuse without a reader, count by rule and program, change their mode,
# and end by delete, off and the parameter "enforce". A policy set by --persist stays in force when the reader is
# killed, and the next reader takes it over. Trials end unless they are confirmed. Policies that would lock everybody
# out need --force.
# params: enforce=1
# timeout: 600
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

# A policy without a reader refuses and counts, by rule and by program, and its mode can be changed.
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
refused "confirm: no trial" 1 'it is no trial' policy confirm keys
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

# A storm of opens runs while policies are added, changed and ended: no open that one of the policies refuses ever
# succeeds.
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

# A policy with --persist stays in force when its reader is killed. Another reader can take it over or replace it.
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

# The parameter "enforce" also ends policies that the module keeps.
echo 0 >/sys/module/linx/parameters/enforce
is "enforce=0: nothing is refused" "$(tries secret 3)" opened=3
echo 1 >/sys/module/linx/parameters/enforce
is "enforce=1: it has ended" "$(tries secret 3)" opened=3
listed "enforce=0: ended" 'length == 0'

# When a series begins its next file, the options are read again. Changes to the policy stay, whether the session or the
# module has the policy.
series() { # NAME OPTIONS...
	local i what="series $1"
	rm -f f.*
	linxcap -q -e none --deny "$rule" --for-trial 1h -w f -G 1000 "${@:2}" 2>said </dev/null &
	reader=$!
	soon sh -c '! cat /tmp/secret'
	name=$(linxcap policy list --json | jq -r '.[0].name')
	listed "$what: a trial" '.[0].trial'
	policy confirm "$name"
	policy mode observe "$name"
	for i in 2 3; do
		kill -HUP $reader
		soon sh -c "[ \$(ls f.* | wc -l) = $i ] && linxcap policy list --json | jq -e 'length == 1 and .[0].reader == $reader'"
		listed "$what: no trial anew in file $i" '.[0].trial | not'
		listed "$what: observes in file $i" '.[0].rules[0].mode == "observe"'
	done
	kill -INT $reader
	wait $reader
	lacks "$what: reloaded" said 'not reloaded'
}
series "of its own"
series "that the module keeps" --persist series
policy off

# A trial ends by itself, also one of a session; one that is confirmed goes on. The session's trial begins last, so that
# each other trial is over when it has ended.
echo third >third
policy add --name short --deny "$rule" --for-trial 20s
policy add --name long --deny "$opens and fd.name = /tmp/second" --for-trial 20s
is "trial: refused" "$(tries secret 3)" 1=3
policy confirm long
listed "trial: confirmed" '[.[] | select(.name == "long").trial] == [false]'
linxcap -e none --deny "$opens and fd.name = /tmp/third" --for-trial 20s >out 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/third'
soon sh -c 'cat /tmp/third'
listed "trial of a session: ended" '[.[] | select(.kept | not).ended] == [true]'
is "trial: opened" "$(tries secret 3)" opened=3
listed "trial: ended" '[.[] | select(.kept).name] == ["long"]'
is "confirmed: refused" "$(tries second 3)" 1=3
policy off
kill -INT $reader
wait $reader

# The policies of two readers have two names. A name that two policies have does not select either of them.
linxcap -e none --deny "$rule" --dry-run >out.1 2>&1 </dev/null &
first=$!
linxcap -e none --deny "$rule" --dry-run >out.2 2>&1 </dev/null &
second=$!
soon sh -c 'linxcap policy list --json | jq -e "length == 2"'
listed "readers: names" "[.[].name] | sort == ([\"linx-$first\", \"linx-$second\"] | sort)"
policy mode enforce linx-$second
listed "readers: the one that is meant" ".[] | select(.name == \"linx-$second\").rules[0].mode == \"enforce\""
policy add --name linx-$first --deny "$rule"
refused "two of a name" 1 "2 policies have this name" policy mode observe linx-$first
policy off
kill -INT $first $second
wait $first $second

# A rule about the files inside a directory also holds for a move of the directory, or of one above it, and for a mount
# that hides it.
mkdir -p top/keys/sub other.d
policy add --name moves --deny 'evt.type in (rename, renameat, renameat2, mount) and fd.name startswith /tmp/top/keys/'
mv top/keys/sub top/keys/more 2>/dev/null && fail "moves: inside"
mv top/keys top/k 2>/dev/null && fail "moves: the directory"
mv top t 2>/dev/null && fail "moves: the directory above"
mount --bind other.d top/keys 2>/dev/null && fail "mounts: over the directory"
mount --bind other.d top 2>/dev/null && fail "mounts: over the directory above"
mv other.d other.e || fail "moves: another directory"
policy off
policy add --name moves --deny 'evt.type in (rename, renameat, renameat2) and fd.name startswith /tmp/top/ and not fd.name = /tmp/top/keys/x'
mv top t 2>/dev/null && fail "moves: what is left out is below"
policy off
deep=/tmp/deep$(printf "/d%.0s" {1..40})
mkdir -p $deep
refused "too deep: the rule is named" 1 "rule 'evt.type = rename .*$deep/x'?.*32 directories.*/x" policy add --deny "evt.type = rename and fd.name = $deep/x"

# A start that fails leaves no policy behind.
printf 'no program' >bad
chmod +x bad
lx -e none --deny "$rule" --persist left -- ./bad
is "failed start: status" "$status" 126
listed "failed start: no policy" 'length == 0'
refused "failed start: nothing to be taken" 1 "keeps no policy 'none'" -e none --deny "$rule" --persist left --take-policy none -- true
listed "failed start: no policy either" 'length == 0'

# The name of a program does not print a line of its own, and JSON stays valid.
evil=$(printf 'x\033]0;y\n         9  enforce  none\377')
cp "$(command -v cat)" "$evil"
policy add --name names --deny "$rule"
"./$evil" secret 2>/dev/null && fail "names: refused"
policy list
lacks "names: no escapes" out "$(printf '\033')"
lacks "names: no line of its own" out '^ +9  enforce  none'
listed "names: JSON" '[.[0].programs[].count] == [1]'
policy off

# In a mount namespace of its own, a process can have another file system at a path: a rule on the path would be about
# files that no other process has.
mkdir -p /tmp/hidden
unshare -m sh -c 'mount -t tmpfs none /tmp/hidden && exec linxcap policy add --name ns --deny "evt.type = openat and fd.name startswith /tmp/hidden/"' 2>err
is "namespace: status" $? 2
has "namespace: refused" err '/tmp/hidden: the first process of the machine has another mount there'
unshare -m sh -c 'mount -t tmpfs none /tmp/hidden && exec linxcap policy add --name ns --deny "evt.type = openat and fd.name startswith /tmp/top/"' ||
	fail "namespace: another path"
policy off

# linxcap lacks the right to enter a directory that leads to a mount. It must not add the rule, which would leave out
# the files in that mount.
mkdir -p /tmp/homes/user/mnt
mount -t tmpfs none /tmp/homes/user/mnt
chown 65534 /tmp/homes/user
chmod 700 /tmp/homes/user
setpriv --bounding-set=-dac_override,-dac_read_search linxcap policy add --deny 'evt.type = openat and fd.name startswith /tmp/homes/' 2>err
rc=$?
is "closed: status ($(cat err))" $rc 2
has "closed: the mount is named" err '/tmp/homes/user/mnt: Permission denied: it is mounted there'
umount /tmp/homes/user/mnt

# The layers of an overlay are on two file systems: files have other device numbers than their directories. linxcap must
# still notice that a rule would refuse the shell.
mkdir -p /tmp/lower /tmp/over
mount -t tmpfs none /tmp/lower
if mount -t overlay -o lowerdir=/tmp/lower:/,xino=off none /tmp/over 2>/dev/null; then
	mount --bind /dev /tmp/over/dev
	mount --bind /sys /tmp/over/sys
	unshare -m -p -f chroot /tmp/over sh -c 'mount -t proc none /proc; exec linxcap policy add --deny "evt.type = execve and proc.exepath startswith /usr/"' 2>err
	rc=$?
	is "overlay: status ($(cat err))" $rc 2
	has "overlay: found" err 'would refuse /bin/(sh|bash)'
	umount /tmp/over/dev /tmp/over/sys /tmp/over
fi

# Nobody gets locked out without --force.
refused "what opens to write" 2 "would refuse /dev/linxcap|would refuse /dev/null" policy add --deny "$opens and evt.is_open_write = true"
refused "linxcap's device" 2 "would refuse /dev/linxcap" policy add --deny "$opens and fd.name = /dev/linxcap"
refused "linxcap's calls" 2 "would refuse .* .call" policy add --deny 'evt.type = ioctl'
refused "shell" 2 "would refuse /bin/(sh|bash) .exec" policy add --deny 'evt.type = execve and proc.exepath startswith /bin/'
refused "C library" 2 "would refuse .*libc.so.6" policy add --deny "$opens and fd.filename = libc.so.6"
refused "of a session" 2 'would refuse' -e none --deny 'evt.type = execve and proc.exepath startswith /usr/' -- true
policy add --name careful --dry-run --deny 'evt.type = execve and proc.exepath endswith /bash'
refused "mode enforce" 2 'would refuse' policy mode enforce careful
policy mode --force enforce careful
! bash -c true 2>/dev/null || fail "bash runs"
linxcap policy off
bash -c true || fail "bash does not run again"

# A program of --exempt-program may do what the rule refuses, if root runs it, also after its file has been replaced. A
# copy of it in another place may not.
policy add --name exempt --deny "$rule" --exempt-program "$(command -v perl)"
is "exempt: opened" "$(tries secret 3)" opened=3
! cat secret 2>/dev/null || fail "exempt: cat reads"
perl -e '$> = 65534; exec "perl", "/tmp/open.pl", "/tmp/secret", 3' >said
is "exempt: not for others" "$(cat said)" 1=3
policy off
cp "$(command -v cat)" exempted
policy add --name exempt --deny "$rule" --exempt-program /tmp/exempted
is "exempt: a program" "$(./exempted secret)" secret
cp exempted new && mv new exempted
is "exempt: what has replaced it" "$(./exempted secret)" secret
cp exempted another
./another secret 2>/dev/null && fail "exempt: another place"

# A policy does not keep the module loaded. It ends when the module is unloaded.
rmmod linx || fail "rmmod"
is "rmmod: nothing is refused" "$(cat secret)" secret
