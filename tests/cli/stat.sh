# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap stat: tables, histograms and views. Their numbers must equal those that jq computes from lines of JSON.

recorded() { real_capture 7.2 capture; }

# events: writes the returned calls of the capture to the file "events", as JSON, one a line. Every table of linxcap
# stat counts these calls.
events() { # FILTER...
	lx -q -r capture --format json "$@"
	jq -c 'select(.kind == "syscall" and has("ret") and (.ret != null) and (.io_uring | not))' out >events
}

need_jq() { command -v jq >/dev/null || skip "no jq"; }

test_table_of_calls() {
	need_jq
	recorded
	events
	jq -r '.syscall' events | sort | uniq -c | awk '{ print $2, $1 }' | sort >want
	lx stat -q -r capture --by type --format json
	is_status 0
	jq -r '.rows[] | "\(.type) \(.count)"' out | sort >got
	diff want got || broken "$(cat out)"
	[ "$(jq .events out)" = "$(wc -l <events)" ] || broken "events: $(cat out)"
	[ "$(jq .total.count out)" = "$(wc -l <events)" ] || broken "total: $(cat out)"
	lx stat -q -r capture --by type --top 1
	[ "$(sed -n 2p out | awk '{ print $2 }')" = "$(awk '{ print $2 }' want | sort -n | tail -n 1)" ] || broken "$(cat out)"
	has out '^[0-9]+ events in [0-9.]+ s, 1 of [0-9]+ rows, none lost$'
	lx stat -q -r capture
	has out '^call +count +% +errors +time +mean +p50 +p99 +max$'
	has out '^total +[0-9]+ +100\.00 '
}

# Every column of a table equals what Python computes from the events: counts, sums, extremes, numbers of different
# values and last values exactly, means as floating point has them, percentiles with the error that docs/views.md states.
test_columns() {
	need_jq
	recorded
	events
	lx stat -q -r capture --by comm --format json --columns 'count,sum(res),min(res),max(res),mean(res),distinct(type),last(type),last(res),p50(res),p90(res),mean(duration),p50(duration),p99(duration)'
	is_status 0
	/usr/bin/python3 - events out >said 2>&1 <<-'END' || broken "$(cat said out)"
	import collections, json, math, sys
	groups = collections.defaultdict(list)
	for line in open(sys.argv[1]):
	    event = json.loads(line)
	    groups[event["comm"]].append(event)
	rows = {row["comm"]: row for row in json.load(open(sys.argv[2]))["rows"]}
	assert rows.keys() == groups.keys(), (rows.keys(), groups.keys())
	compared = collections.Counter()
	def percentile(numbers, share):
	    return sorted(numbers)[max(math.ceil(len(numbers) * share / 100), 1) - 1]
	for comm, events in groups.items():
	    row, ret = rows[comm], [e["ret"] for e in events]
	    lasted = [e["duration_ns"] for e in events if "duration_ns" in e]
	    want = {"count": len(events), "sum(res)": sum(ret), "min(res)": min(ret), "max(res)": max(ret), "last(res)": ret[-1],
	            "distinct(type)": len({e["syscall"] for e in events}), "last(type)": events[-1]["syscall"]}
	    for name, value in want.items():
	        assert row[name] == value, (comm, name, row[name], value)
	        compared[name] += 1
	    for numbers, name in (ret, "res"), (lasted, "duration"):
	        if numbers:
	            mean, got = sum(numbers) / len(numbers), row[f"mean({name})"]
	            assert math.isclose(got, mean, rel_tol=1e-12), (comm, name, got, mean)
	            compared["mean"] += 1
	    for numbers, name, share in (ret, "res", 50), (ret, "res", 90), (lasted, "duration", 50), (lasted, "duration", 99):
	        if numbers:
	            value, got = percentile(numbers, share), row[f"p{share}({name})"]
	            assert abs(got - value) <= 0.016 * abs(value), (comm, name, share, got, value)
	            compared["percentile"] += 1
	    if not lasted:
	        assert row["p50(duration)"] is None, row
	assert len(compared) == 9 and min(compared.values()) >= 3, compared
	END
	lx stat -q -r capture --by comm --columns 'sum(comm)'
	is_status 2
	says "linx.comm is no number: count, last and distinct can take it"
}

# The sum over all groups is exact even if there are more values than the table may have groups.
test_folded() {
	need_jq
	printf '%s\n' 'view: few' 'keys: [seq]' 'groups: 3' >few.yaml
	"$WORK/make_capture" 40 >capture
	lx stat -q -r capture --view few.yaml --format json
	is_status 0
	[ "$(jq -c '[.groups, .folded.count, .total.count]' out)" = '[3,34,40]' ] || broken "$(cat out)"
	lx stat -q -r capture --view few.yaml
	has out '^\(others\) +34$'
	has out '3 rows, 34 of rows beyond the limit, 5 lost \(5 full\)$'
	lx stat -q -r capture --view few.yaml --format csv
	has out '^\(others\),34'
}

test_losses_are_stated() {
	need_jq
	"$WORK/make_capture" 40 >capture
	lx stat -q -r capture --by type
	has out '^40 events in .*, 2 rows, 5 lost \(5 full\)$'
	lx stat -q -r capture --by type --format json
	[ "$(jq -c '[.lost.full, .lost_total, .cut_off]' out)" = '[5,5,false]' ] || broken "$(cat out)"
	[ "$(jq -c .complete out)" = true ] || broken "$(cat out)"
	# losses outside of the chosen part do not count
	lx stat -q -r capture --by type --last 1ns --format json
	[ "$(jq -c '[.lost_total, .complete]' out)" = '[0,true]' ] || broken "$(cat out)"
	head -c $(($(wc -c <capture) - 100)) capture >cut
	lx stat -q -r cut --by type
	is_status 1
	has out ' so far, and the account at the end of the capture was not read$'
	# the account is not read either if reading ends before it; the losses are those of the events so far
	lx stat -q -r capture --by type --format json -n 1
	[ "$(jq -c '[.cut_off, .complete, .lost_total < 5]' out)" = '[true,false,true]' ] || broken "$(cat out)"
	"$WORK/make_capture" 20 skipped >capture
	lx stat -q -r capture --by type
	has out 'up to 42 skipped by the engine$'
}

# The last of several tables has the facts of the account, which no earlier table can have.
test_last_interval_has_the_account() {
	"$WORK/make_capture" 20 skipped >capture
	lx stat -q -r capture --by type --every 10ms --format json
	[ "$(jq -c '[.skipped, .cut_off, .complete]' out | tail -n 1)" = '[42,false,false]' ] || broken "$(cat out)"
	lx stat -q -r capture --by type --every 10ms
	has out 'up to 42 skipped by the engine$'
	"$WORK/make_capture" 20 >capture
	lx stat -q -r capture --by type --every 10ms --format json
	[ "$(jq -c '[.skipped, .cut_off, .complete]' out | tail -n 1)" = '[0,false,true]' ] || broken "$(cat out)"
	head -c $(($(wc -c <capture) - 100)) capture >cut
	lx stat -q -r cut --by type --every 10ms --format json
	[ "$(jq -c .cut_off out | tail -n 1)" = true ] || broken "$(cat out)"
	lx stat -q -r cut --by type --every 10ms
	has out 'the account at the end of the capture was not read$'
	# if no event passes the filter, the missing account is reported nevertheless
	lx stat -q -r cut --by type --every 10ms 'linx.pid = 1'
	has out 'the account at the end of the capture was not read$'
}

# A table of the readable part of a damaged recording states that the recording was not read whole.
test_damage_is_stated() {
	local size
	recorded
	size=$(wc -c <capture)
	printf 'damaged' | dd of=capture bs=1 seek=$((size * 9 / 10)) conv=notrunc 2>dd.err
	lx stat -q -r capture --by type
	is_status 1
	has out ' so far, and the account at the end of the capture was not read$'
	lx stat -q -r capture --by type --salvage
	is_status 1
	has out ' so far as is known, and the account is not complete$'
}

# The tables of all intervals together count the events that one table over the whole time counts.
test_intervals() {
	need_jq
	recorded
	lx stat -q -r capture --by type --format json
	jq -c .events out >want
	lx stat -q -r capture --by type --every 10ms --format json
	is_status 0
	[ "$(wc -l <out)" -gt 2 ] || broken "only $(wc -l <out) tables"
	jq -s 'map(.events) | add' out | diff want - || broken "$(cat out)"
	# from_ns and to_ns are compared in units of 10 ms, since jq's numbers have too few digits for ns
	sed -nE 's/.*"from_ns":([0-9]+)0000000,"to_ns":([0-9]+)0000000,.*/\1 \2/p' out >intervals
	[ "$(wc -l <intervals)" = "$(wc -l <out)" ] || broken "no whole intervals"
	awk '$2 != $1 + 1 || $1 < last { exit 1 } { last = $2 }' intervals || broken "not in order: $(cat intervals)"
	cp out first
	lx stat -q -r capture --by type --every 10ms --format json
	cmp first out || broken "another output"
	lx stat -q -r capture --by type --every 10ms --format csv
	[ "$(grep -c from_ns out)" = 1 ] || broken "several lines of names"
}

test_histograms() {
	need_jq
	"$WORK/make_capture" 40 >capture
	lx stat -q -r capture --hist res --format json
	grep -qF '"hist(res)":[{"from":-9223372036854775808,"to":-1,"count":14},{"from":0,"to":0,"count":26}]' out || broken "$(cat out)"
	lx stat -q -r capture --hist res
	has out '^linx\.res$'
	has out '^\[0\] +26 \|@{52}\|$'
	has out '^\(\.\.\., 0\) +14 \|@{28} {24}\|$'
	lx stat -q -r capture --hist res --by type --format csv
	has out '^type,from,to,count'
	has out '^read,0,0,'
}

# linxcap stat refuses the view of alerts, which is a list of alerts and no table.
test_alerts_are_no_table() {
	recorded
	refuses 2 "not a table: --view alerts: alerts are shown by linxcap top --rules FILE" stat -r capture --view alerts
}

# The command's own views can be used, and a view in a user's file works like them.
test_views() {
	local name
	recorded
	for name in calls processes errors files connections containers slow latency summary; do
		lx stat -q -r capture --view "$name"
		is_status 0
		[ -s out ] || broken "$name shows nothing"
		lx stat -q -r capture --view "$name" --format json
		is_status 0
		jq -e .rows out >/dev/null || broken "$name: $(cat out)"
	done
	lx stat -q -r capture --view summary
	cp out want
	lx -q -r capture -c
	cmp out want || broken "-c differs from its view"
	cp "$LINX_ROOT/tools/view/own/calls.yaml" mine.yaml
	lx stat -q -r capture
	cp out want
	lx stat -q -r capture --view ./mine.yaml
	cmp out want || broken "the file differs from the view"
	sed -n '/^    view: slow-files/,/^$/s/^    //p' "$LINX_ROOT/docs/views.md" >documented.yaml
	lx stat -q -r capture --view documented.yaml
	is_status 0
	has out '^count +p99 +bytes +comm +file$'
}

# Keys that differ only after a NUL make different rows.
test_keys_with_nul() {
	traced -q -w capture -- sh -c 'printf "A\0one" >f; printf "A\0two" >f; printf "A\0007" >f'
	lx stat -q -r capture --by evt.buffer 'evt.type = write'
	is_status 0
	has out '^A\\0one '
	has out '^A\\0two '
	has out '^A\\0007 '
	lx stat -q -r capture --by evt.buffer --format csv 'evt.type = write'
	has out '^"?A\\0one"?,'
}

# On a terminal linxcap stat prints a command that shows more of a row. That command would count the whole machine:
# therefore it is not printed for a file or with FILTER.
test_more_of_a_row() {
	script -qefc "stty cols 120; '$LINXCAP' stat -q --engine ptrace -- true" /dev/null >out || skip "$(cat out)"
	has out 'more of a row: linxcap stat --view '
	script -qefc "stty cols 120; '$LINXCAP' stat -q --engine ptrace 'linx.ret >= 0' -- true" /dev/null >out
	lacks out 'more of a row'
	recorded
	script -qefc "stty cols 120; '$LINXCAP' stat -q -r capture" /dev/null >out
	has out 'rows'
	lacks out 'more of a row'
}

# While a recording is read on a terminal, a line says how far it is, until the table comes.
test_progress_on_a_terminal() {
	shows_progress stat
	has shown 'call +count'
}

# wrong TEXT MESSAGE: expects that a view with this text is refused with the message.
wrong() {
	printf '%b' "$1" >wrong.yaml
	refuses 2 "$2" stat -r capture --view wrong.yaml
}

test_wrong_views() {
	recorded
	wrong 'view: [' 'wrong.yaml:2:1: this is no YAML: did not find expected node content'
	wrong '' 'wrong.yaml: this is empty'
	wrong 'view: a\nkyes: [comm]\n' 'wrong.yaml:2:1: unknown key: kyes: did you mean keys?'
	wrong 'view: a\nkeys: [linx.com]\n' 'unknown field linx.com: did you mean linx.comm?'
	wrong 'view: a\ncolumns: [med(duration)]\n' 'wrong.yaml:2:11: not a column: med(duration): write one of count, share, rate, sum(FIELD), min(), max(), mean(), last(), distinct(), p50() ...'
	wrong 'view: a\nsort: [-x]\n' 'wrong.yaml:2:8: no such column: x: write one of '
	wrong 'keys: [comm]\n' 'wrong.yaml:1:1: the name is missing, as view: mine'
	wrong 'view: a\nview: b\n' 'wrong.yaml:2:1: twice: view'
	wrong 'view: a\ngroups: many\n' 'wrong.yaml:2:9: a number from 0 to 1000000 is expected here'
	wrong 'view: &x [*x]\n' 'wrong.yaml:1:7: a text in one line is expected here'
	wrong 'view: a\nkeys: [{field: linx.pid, width: 1001}]\n' 'wrong.yaml:2:33: a number from 0 to 1000 is expected here'
	wrong 'view: a\ngap: 101\n' 'wrong.yaml:2:6: a number from 0 to 100 is expected here'
	wrong 'view: a\ntitle: "\\x9b31m"\n' 'wrong.yaml:2:8: a text in one line is expected here'
	wrong 'view: a\ntitle: "\\u202etxt"\n' 'wrong.yaml:2:8: a text in one line is expected here'
	wrong 'view: a\ncolumns: [{value: p50(evt.failed), ranges: 1}]\n' 'ranges of a percentile: a power of two from 2 to 32'
	printf 'view: "gr\xc3\xbcn"\nkeys: [linx.pid]\n' >letters.yaml
	lx stat -q -r capture --view letters.yaml
	is_status 0
	head -c 65000 /dev/zero | tr '\0' '[' >wrong.yaml
	refuses 2 "wrong.yaml: this is nested too deeply for a view" stat -r capture --view wrong.yaml
	head -c 70000 /dev/zero | tr '\0' '#' >wrong.yaml
	refuses 2 "too large for a view: wrong.yaml: at most 65536 bytes" stat -r capture --view wrong.yaml
	refuses 2 "too large for a view: /dev/zero: at most 65536 bytes" stat -r capture --view /dev/zero
	mkfifo pipe.yaml
	refuses 2 "pipe.yaml: this is empty" stat -r capture --view pipe.yaml
	wrong 'view: a\nkeys: &k [comm, *k]\n' 'wrong.yaml:2:7: a text in one line is expected here'
	printf 'view: %s%s\n' "$(printf '%20000s' '' | tr ' ' '[')" "$(printf '%20000s' '' | tr ' ' ']')" >wrong.yaml
	refuses 2 "wrong.yaml: this is nested too deeply for a view" stat -r capture --view wrong.yaml
	refuses 2 "cannot read: ./none.yaml: No such file or directory" stat -r capture --view ./none.yaml
	refuses 2 "no such view: cals: write one of calls, processes, errors, files, connections, containers, slow, alerts, latency, summary, http, or the path of a file" stat --view cals
}

# If the clock was set back by years between two captures of a file, each call is still counted once: in a table, in
# intervals and in a flame graph. No rate is negative.
test_clock_set_back() {
	local first second
	need_jq
	recorded
	"$WORK/make_capture" 40 >earlier
	cat capture earlier >back
	first=$("$LINXCAP" stat -q -r capture --format json | jq .total.count)
	second=$("$LINXCAP" stat -q -r earlier --format json | jq .total.count)
	lx stat -q -r back --format json
	jq -e ".total.count == $((first + second)) and ([.rows[].count] | add) == $((first + second))" out >/dev/null || broken "$first and $second: $(cat out)"
	lx stat -q -r back --every 100ms --format json
	jq -se "([.[].total.count] | add) == $((first + second))" out >/dev/null || broken "intervals: $(cat out)"
	lx stat -q -r back --view processes --format json
	jq -e '[.rows[].rate] | min >= 0' out >/dev/null || broken "rates: $(cat out)"
	lx flame -q -r back --by count
	[ "$(awk '{ n += $NF } END { print n }' out)" = $((first + second)) ] || broken "flame: $(tail -n 3 out)"
}

test_wrong_usage() {
	refuses 2 "unknown field linx.tpye: did you mean linx.type?" stat --by tpye
	refuses 2 "not together: --view and --by: a view has keys and columns of its own" stat --view calls --by type
	refuses 2 "no such column: x: write one of type, count, share, rate" stat --by type --sort x
	refuses 2 "not a list: --by ,type: write words joined by commas" stat --by ,type
	refuses 2 "unknown word: --format xml: write one of text|json|csv" stat --format xml
	refuses 2 "not a count: --top 0: write a number of rows from 1 on" stat --top 0
	refuses 2 "linx.fds: an event can have several values of it: they make no groups" stat --by linx.fds
	refuses 2 "unknown option: -w: 'linxcap stat --help' lists them" stat -w file
	refuses 2 "unknown option: --by: write linxcap stat --by FIELD" --by type
}

# A program may have a name that could control a terminal. The name is escaped, and breaks neither CSV nor JSON.
test_hostile_names() {
	need_jq
	cat >named.c <<-'END'
	#include <sys/prctl.h>
	#include <unistd.h>
	int main(void) { prctl(PR_SET_NAME, "\033[2J\",\n\xff"); return getppid() < 0; }
	END
	"${CC:-gcc}" named.c -o named || broken "named.c does not compile"
	lx -q --engine ptrace -e getppid -w capture -- ./named
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	lx stat -q -r capture --by comm
	[ "$(sed -n 2p out | awk '{ print $1 }')" = '\33[2J",\n\377' ] || broken "$(cat out)"
	lx stat -q -r capture --by comm --format json
	[ "$(jq -r '.rows[0].comm' out)" = '\33[2J",\n\377' ] || broken "$(cat out)"
	lx stat -q -r capture --by comm --columns count --format csv
	[ "$(sed -n 2p out | tr -d '\r')" = '"\33[2J"",\n\377",1' ] || broken "$(cat out)"
	# a spreadsheet must not take a name for a formula
	ln -sf "$(type -P true)" ./=1+1
	lx -q --engine ptrace -e brk -w capture -- ./=1+1
	is_status 0
	lx stat -q -r capture --by comm --columns count --format csv
	[ "$(sed -n 2p out | cut -d, -f1)" = "'=1+1" ] || broken "$(cat out)"
}

test_live() {
	need_jq
	lx stat -q --engine ptrace --by type --format json -- true
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	[ "$(jq '[.rows[].count] | add == .' out | wc -l)" = 1 ] || broken "$(cat out)"
	[ "$(jq '.rows[] | select(.type == "execve") | .count' out)" = 1 ] || broken "$(cat out)"
	lx stat -q --engine ptrace --hist duration -- true
	has out '^linx\.duration, ns$'
	lx stat -q --engine ptrace -- sh -c 'exit 3'
	is_status 3
}
