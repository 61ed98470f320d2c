#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every call of the table of calls is made with random arguments: the captured memory equals that of the program, and
# each format prints valid lines or JSON. The seed is printed.
# full
# timeout: 400
# mem: 3G
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
"$JOB/prog/cap_random" >random.tap || fail "$(cat random.tap)"
grep '^#' random.tap
seed=$(sed -n 's/^# seed \([^,]*\),.*/\1/p' random.tap)

# printed FORMAT: records the calls in that format; each line must be valid, whatever the random memory is decoded to.
printed() {
	linxcap -q --format "$1" -o "random.$1" --stats=random.stats -- "$JOB/prog/cap_random" calls "$seed" 2000 >out 2>err ||
		fail "$1, seed $seed: $(cat out err)"
	accounts "$1, seed $seed" random.stats
	[ "$(wc -l <"random.$1")" -gt 2000 ] || fail "$1, seed $seed: $(wc -l <"random.$1") lines"
	[ ! -s err ] || fail "$1, seed $seed: $(cat err)"
}

printed json
jq -c '.kind' random.json >kinds || fail "seed $seed: the JSON is none"
is "seed $seed: states" "$(jq -r '.. | objects | .state? // empty | strings' random.json | grep -vxcE 'truncated|unreadable|late|unavailable')" 0
printed text
printed strace
if LC_ALL=C grep -q '[[:cntrl:]]' random.text; then
	fail "seed $seed: the text has control bytes"
fi
