#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Attacks on rules that refuse. Without a rule each attack succeeds. Against a filter that reads the text of a call at
# the tracepoint, each race succeeds. Rules of linx refuse all attacks but those that docs/enforcing.md lists; meanwhile
# the filter's module makes the CPUs take turns in the same way, but refuses nothing.
# with: textfilter
# with: rules
# full
# params: enforce=1
# timeout: 300
. "$JOB/guest/t.sh"

trap 'rmmod textfilter 2>/dev/null' EXIT
[ ! -e "$JOB/overlay.ko" ] || insmod "$JOB/overlay.ko"
deny_attacks none || fail "an attack does not work"
case $(uname -r) in
5.10.*) echo "# Linux 5.10 does not let a tracepoint refuse a call: races not tried against one" ;;
*)
	insmod "$JOB/textfilter.ko"
	deny_attacks text || fail "no race was lost"
	rmmod textfilter
	;;
esac
insmod "$JOB/textfilter.ko" word=/none/
deny_attacks rules || fail "an attack came through"
