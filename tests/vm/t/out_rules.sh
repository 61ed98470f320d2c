#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each line of JSON obeys the rules of docs/json.md, for the calls of all cases, by 64-bit and 32-bit programs.
# cases
# full
# timeout: 600
. "$JOB/guest/cap.sh"

mkdir -p /tmp/rules && cd /tmp/rules || exit 1
bad=0 n=0
for c in "$JOB"/cases/*; do
	name=${c##*/}
	cp "$c" "./$name"
	timeout 30 linxcap -q -yy -v --format json -o out.json -- "./$name" >/dev/null 2>&1 </dev/null || true
	rm -f "./$name"
	[ -s out.json ] || continue
	n=$((n + 1))
	python3 -I "$JOB/guest/json_rules.py" "$name" <out.json >>found || bad=$((bad + 1))
done
[ $n -gt 50 ] || fail "only $n cases ran"
echo "# $n cases"
[ $bad = 0 ] || fail "$bad cases break rules: $(head -n "${LINX_SHOW:-60}" found | cut -c1-240)"
