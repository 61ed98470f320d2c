#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules with an action are off unless --actions turns them on. Then calls are refused, and alerts have the names of the
# rules; lists and macros work in their conditions. A reload replaces the rules while programs try without a pause: no
# call passes. Of two sessions the stricter one wins, and each has its events.
# full
# params: enforce=1
# timeout: 600
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
echo 1 >/sys/module/linx/parameters/enforce # a test before this one may have turned it off
echo secret >secret
echo other >other
opens='evt.type in (open, openat, openat2)'
cat >open.pl <<'END'
my ($file, $n) = @ARGV;
my %how;
for (1 .. $n) { open(my $f, "<", $file) ? $how{opened}++ : $how{$! + 0}++; }
print join(" ", map { "$_=$how{$_}" } sort keys %how), "\n";
END

# rules ACTION ENABLED: prints a file of rules with one rule, which has this action.
rules() {
	cat <<END
- list: secrets
  items: [/tmp/secret]
- macro: opened
  condition: $opens
- rule: Secrets
  desc: nobody reads them
  condition: opened and fd.name in (secrets)
  output: "%refused.rule: %proc.name wants %refused.object at %refused.check: %refused.result"
  priority: WARNING
  enabled: $2
  action: $1
END
}

rules 'deny EACCES' true >rules.yaml
deny() { lx --rules rules.yaml "$@" -- sh -c 'perl open.pl secret 20 >said'; is "$*: status ($(head -c 600 err))" "$status" 0; }

deny
is "off: nothing is refused" "$(cat said)" opened=20
has "off: it is said" err 'rules with actions that are off: 1'
is "off: no alerts" "$(wc -l <out)" 0

deny --actions observe
is "observe: nothing is refused" "$(cat said)" opened=20
is "observe: alerts" "$(grep -c 'Secrets: perl wants .*/secret at file_open: observed' out)" 20

deny --actions enforce
is "enforce: each open fails" "$(cat said)" 13=20
is "enforce: alerts" "$(grep -c 'Warning Secrets: perl wants .*/secret at file_open: EACCES' out)" 20
has "enforce: by rule" err 'Secrets: 20 refused'
has "enforce: by program" err '20 by perl: Secrets'

deny --actions enforce --dry-run --stats=stats.json
is "dry run: nothing is refused" "$(cat said)" opened=20
holds "dry run: as JSON" stats.json '.policy.rules[0] | .name == "Secrets" and .observed == 20 and .refused == 0'
holds "dry run: by program, as JSON" stats.json '[.policy.programs[] | select(.program == "perl" and .rule == "Secrets").count] == [20]'

rules notify true >rules.yaml
deny --actions enforce
is "notify: nothing is refused" "$(cat said)" opened=20
is "notify: alerts" "$(grep -c 'file_open: notified' out)" 20

rules deny false >rules.yaml
deny --actions enforce
is "not enabled: nothing is refused" "$(cat said)" opened=20

# A rule that cannot be compiled exactly is refused, with its place.
rules deny true | sed 's/opened and fd.name in (secrets)/opened and proc.name = perl/' >wrong.yaml
refused "text of a program" 2 "wrong.yaml:7: rule 'Secrets': proc.name cannot be judged" --rules wrong.yaml --actions enforce -- true

# Rules are reloaded under a storm of opens. The error number of an open shows which set of rules judged it: both sets
# must have been seen, and no open may succeed.
cat >storm.pl <<'END'
my %how;
until (-e "stop") { for (1 .. 20) { open(my $f, "<", "secret") ? $how{opened}++ : $how{$! + 0}++; } }
print join(" ", map { "$_=$how{$_}" } sort keys %how), "\n";
END
rules 'deny EACCES' true >rules.yaml
linxcap --rules rules.yaml --actions enforce >out 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/secret'
perl storm.pl >storm.1 &
first=$!
perl storm.pl >storm.2 &
second=$!
for i in 1 2 3 4 5 6 7; do
	if [ $((i % 2)) = 1 ]; then error=EPERM; else error=EACCES; fi
	rules "deny $error" true >rules.new
	mv rules.new rules.yaml
	kill -HUP $reader
	soon sh -c "[ \$(grep -c 'rules reloaded' err) -ge $i ]"
done
touch stop
wait $first $second
for i in 1 2; do
	lacks "storm $i: nothing passes" storm.$i opened
	has "storm $i: both sets judged" storm.$i '^1=[0-9]+ 13=[0-9]+$'
done
# A reload does not reset a rule's count of refusals: at the end it includes the refusals of both storms.
kill -INT $reader
wait $reader
total=$(cat storm.1 storm.2 | tr ' =' '\n\n' | awk 'NR % 2 == 0 { n += $1 } END { print n }')
counted=$(sed -n 's/.*Secrets: \([0-9]*\) refused.*/\1/p' err)
[ "$counted" -ge "$total" ] || fail "storm: counted $counted of $total"

# A reload keeps the changes that were made to a policy, and the policy's counts.
rules 'deny EACCES' true >rules.yaml
linxcap --rules rules.yaml --actions enforce --for-trial 1h >out 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/secret'
listed() { linxcap policy list --json >list.json || fail "list"; holds "$1" list.json "$2"; }
renewed=0
again() {
	rules "deny EPERM" true >rules.new
	mv rules.new rules.yaml
	kill -HUP $reader
	renewed=$((renewed + 1))
	soon sh -c "[ \$(grep -c 'rules reloaded' err) -ge $renewed ]"
}
perl open.pl secret 5 >said
linxcap policy list --json >list.json
before=$(jq '.[0].rules[0].refused' list.json)
[ "$before" -ge 5 ] || fail "reload: refused before: $before"
again
listed "reload: still a trial" '.[0].trial and .[0].trial_left_ms > 0'
listed "reload: counts" ".[0].rules[0].refused == $before"
listed "reload: counts by program" '[.[0].programs[] | select(.program == "perl").count] == [5]'
linxcap policy confirm linx-$reader || fail "reload: confirm"
linxcap policy mode observe linx-$reader Secrets || fail "reload: observe"
again
listed "reload: confirmed" '.[0].trial | not'
listed "reload: observes" '.[0].rules[0].mode == "observe"'
perl open.pl secret 5 >said
is "reload: nothing is refused" "$(cat said)" opened=5
linxcap policy mode enforce linx-$reader || fail "reload: enforce"
again
perl open.pl secret 5 >said
is "reload: refused again" "$(cat said)" 1=5
linxcap policy delete linx-$reader Secrets || fail "reload: delete a rule"
again
listed "reload: the rule has ended" '.[0].rules[0].mode == "ended"'
linxcap policy off
again
listed "reload: the policy has ended" '.[0].ended'
perl open.pl secret 5 >said
is "reload: ended" "$(cat said)" opened=5
kill -INT $reader
wait $reader
has "reload: all is counted" err "Secrets: $((before + 5)) refused"

# With alerts that start captures (--alert-capture) there is still only one policy, and a reload changes it.
rules 'deny EACCES' true >rules.yaml
linxcap --rules rules.yaml --actions enforce --alert-capture kept >out 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/secret'
soon sh -c 'ls kept* && linxcap policy list --json | jq -e "length == 1"'
kill -INT $reader
wait $reader

# A reload of wrong rules changes nothing: the rules from before stay in force.
rules 'deny EACCES' true >rules.yaml
linxcap --rules rules.yaml --actions enforce >out 2>err </dev/null &
reader=$!
soon sh -c '! cat /tmp/secret'
cp wrong.yaml rules.yaml
kill -HUP $reader
soon grep -q 'not reloaded' err
perl open.pl secret 5 >said
is "wrong rules: the old ones stay" "$(cat said)" 13=5

# Two sessions: one observes, the other refuses, both have their events.
lx -e none --dry-run --deny "$opens and fd.name = /tmp/secret" --format json -o events -- sh -c 'perl open.pl secret 7 >said'
is "two: the stricter wins" "$(cat said)" 13=7
is "two: the other has its events" "$(count events '.kind == "refused" and .observed')" 7
kill -INT $reader
wait $reader
has "two: the stricter has its events" out 'file_open: EACCES'
perl open.pl secret 2 >said
is "afterwards it can be opened" "$(cat said)" opened=2
