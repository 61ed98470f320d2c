#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A page and a flame graph of a live recording by the module: they have the calls that a command is known to make.
. "$JOB/guest/t.sh"
work='i=0; while [ $i -lt 20 ]; do : <file; i=$((i + 1)); done; sh -c "read x <file"'
echo line >file

linxcap serve -q --save page.html -- sh -c "$work" || fail "no page"
sed -n '/id="saved">/,/<\/script>/p' page.html | sed '1s/.*id="saved">//; s/<\/script>.*//' >data
jq -e . data >/dev/null || fail "the page's data are no JSON"
is opened "$(jq '[.events.events[] | select(.text | test(" open(at)?\\(.*\"file\""))] | length' data)" 21
is opens "$(jq '[.views.calls.rows[] | select(.call == "open" or .call == "openat") | .count] | add' data)" \
	"$(jq '[.events.events[] | select(.text | test(" open(at)?\\("))] | length' data)"
is untimed "$(jq .state.counts.untimed data)" 0
is lost "$(jq .state.counts.lost_total data)" 0
is engine "$(jq -r .state.engine data)" kmod
is spans "$(jq '[.timeline.threads[] | (.spans // [] | length) + ([.columns[]?[3]] | add // 0)] | add' data)" "$(jq .state.counts.calls data)"

linxcap flame -q --by count -o flame.folded -- sh -c "$work" || fail "no graph"
n=$(sed -nE 's/.*;open(at)? ([0-9]+)$/\2/p' flame.folded | awk '{ n += $1 } END { print n }')
[ "$n" -ge 21 ] || fail "only $n opens: $(cat flame.folded)"
grep -q ';sh;sh;open' flame.folded || fail "no process below its parent: $(cat flame.folded)"
linxcap flame -q -o flame.svg -- sh -c "$work" || fail "no picture"
grep -q '>wait4</text>' flame.svg || fail "the picture has no wait"
