# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap flame: sums against the table of -c, hostile names, and the picture in a browser.

recorded() { real_capture 7.2 capture; }

# sum_names: adds the numbers that follow equal names. The table has a row for each ABI, but the graph has one for all
# ABIs.
sum_names() { awk '{ n[$1] += $2 } END { for (c in n) printf "%s %d\n", c, n[c] }' | sort; }

# by_call: prints the sum of each call of folded text in the file out.
by_call() { sed -E 's/.*;([^; ]+) ([0-9]+)$/\1 \2/' out | sum_names; }

# The sums by call are those of the table of -c, which has times in ns as JSON.
test_sums_are_those_of_the_table() {
	command -v jq >/dev/null || skip "no jq"
	recorded
	lx stat -q -r capture --view summary --format json
	sed -E 's/"seconds":([0-9]+)/"seconds":"\1"/g' out >table
	jq -r '.rows[] | select(.seconds != "0") | "\(.syscall) \(.seconds)"' table | sum_names >times
	jq -r '.rows[] | "\(.syscall) \(.calls)"' table | sum_names >counts
	lx flame -q -r capture --by count
	is_status 0
	is_silent
	by_call >got
	diff counts got || broken "other counts"
	lx flame -q -r capture
	is_status 0
	says "without a time in the graph: $(jq '[.rows[] | select(.seconds == "0") | .calls] | add' table) calls: record with -T to have it, or write --by count"
	by_call >got
	diff times got || broken "other times"
	has out '^([^;]+;)*sh;wc;execve [0-9]+$'
	lx flame -q -r capture --by count linx.type = openat
	[ "$(by_call)" = "$(grep '^openat ' counts)" ] || broken "FILTER: $(cat out)"
}

# xml_text FILE: prints what an XML parser finds: the names of all elements, and the texts of all titles.
xml_text() {
	/usr/bin/python3 - "$1" <<-'END'
	import sys
	import xml.etree.ElementTree as tree
	root = tree.parse(sys.argv[1]).getroot()
	for e in root.iter():
	    name = e.tag.split('}')[1]
	    print('element', name)
	    if name == 'title':
	        print('title', e.text)
	    for key in e.attrib:
	        if key.startswith('on') or key.endswith('href'):
	            print('handler', key)
	END
}

test_picture() {
	recorded
	lx flame -q -r capture --by count -o graph.svg
	is_status 0
	[ ! -s out ] || broken "the picture is not in the file alone"
	xml_text graph.svg >parsed || broken "no XML"
	has parsed '^title execve: [0-9]+ calls?, [0-9.]+ ms \([0-9.]+ %\)$'
	has graph.svg '>[0-9]+ calls, [0-9.]+ ms, recorded in [0-9.]+ s, none lost'
	lacks graph.svg '(src|href)='
	[ "$(grep -o 'https\?://[^"]*' graph.svg | sort -u)" = "$(printf 'http://www.w3.org/1999/xhtml\nhttp://www.w3.org/2000/svg')" ] ||
		broken "it names other addresses than those of its own language"
	lx flame -q -r capture --by count --format svg
	cmp out graph.svg || broken "the form is not that of the name"
	"$WORK/make_capture" 40 >few
	lx flame -q -r few --by count --format svg
	xml_text out >parsed || broken "no XML"
	has out '<tspan class="lost">5 lost \(5 full\)</tspan>'
	head -c $(($(wc -c <few) - 100)) few >cut
	lx flame -q -r cut --by count --format svg
	is_status 1
	has out 'the account at the end of the capture was not read'
}

# If no call passes the filter, the picture is valid SVG, and folded text is empty.
test_nothing() {
	recorded
	lx flame -q -r capture --format svg linx.type = reboot
	is_status 0
	xml_text out >parsed || broken "no XML"
	lx flame -q -r capture linx.type = reboot
	[ ! -s out ] || broken "$(cat out)"
}

# Names of programs stay text: no markup, no separator of frames, no control character.
test_hostile_names() {
	local name
	for name in '<b onload=x>' '"&;<!--]]>' $'a\033[31m\n\xff' $'x\xe2\x80\xaey\xef\xbf\xbf'; do
		cp /bin/echo "./$name"
		traced -q -w capture -- "./$name" lines
		lx flame -q -r capture --by count --format svg
		is_status 0
		xml_text out >parsed || broken "no XML for: $name"
		lacks parsed '^element (b|script2)$'
		lacks parsed '^handler'
		[ "$(grep -c '^element script$' parsed)" = 1 ] || broken "another script: $name"
		! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' out || broken "a control character: $name"
		! LC_ALL=C grep -q $'\xe2\x80\xae' out || broken "a mark of direction"
		lx flame -q -r capture --by count
		! grep -vqE '^([^;]+;)+[a-z0-9_]+ [0-9]+$' out || broken "no folded text: $(cat out)"
		[ "$(grep -c 'write [0-9]*$' out)" = 1 ] || broken "calls of one process on several lines: $(cat out)"
	done
	# shellcheck disable=SC1003
	has out ';x\\342\\200\\256y\\uffff;write 1$'
}

test_secrets_are_blanked() {
	cp /bin/echo ./tok-12345
	traced -q -w capture -- ./tok-12345 lines
	echo 'regex tok-[0-9]+|var|svg' >secrets
	lx flame -q -r capture --by count --redact secrets --format svg
	is_status 0
	lacks out 'tok-12345'
	has out '>&lt;redacted&gt;</text>'
	xml_text out >parsed || broken "a rule has changed the markup"
	lx flame -q -r capture --by count --redact secrets
	has out '<redacted>;write [0-9]+$'
	lacks out 'tok-12345'
}

test_wrong_use() {
	refuses 2 "unknown word: --by size: write one of duration|count" flame -r capture --by size
	refuses 2 "unknown word: --format png: write one of folded|svg" flame -r capture --format png
	lx flame -w file -r capture
	is_status 2
}

# Clicks, keys and the search work in a browser, and the picture requests nothing from the network.
test_in_a_browser() { # full
	recorded
	lx flame -q -r capture --by count -o graph.svg
	"$LINX_ROOT/tests/web/browser" flame "$PWD/graph.svg" >shown 2>&1 || {
		[ $? != 77 ] || skip "$(tail -n 1 shown)"
		broken "$(cat shown)"
	}
}
