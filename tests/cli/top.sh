# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap top, on a terminal that tmux emulates: what stands on the screen, and what keys do.

recorded() { grep -v '^#' "$LINX_ROOT/tests/cli/fixtures/capture-7.2.linx.b64" | base64 -d | gunzip >capture; }

# terminal ARG...: the terminal of the test.
terminal() { tmux -S "$PWD/s" -f /dev/null "$@"; }

# top ARG...: begins linxcap top on a terminal of $COLUMNS_OF by $LINES_OF characters. Its exit status is written to the
# file "ended".
top() {
	command -v tmux >/dev/null || skip "no tmux"
	[ -e "$(ldconfig -p | sed -n 's/.*libncursesw.so.6 .*=> //p' | head -n 1)" ] || skip "no libncursesw"
	trap 'terminal kill-server 2>/dev/null' EXIT
	rm -f ended
	printf '%q ' env -u NO_COLOR LC_ALL="${LOCALE:-C.UTF-8}" ${UNCOLOURED:+NO_COLOR=1} "$LINXCAP" top "$@" >command
	terminal new-session -d -x "${COLUMNS_OF:-100}" -y "${LINES_OF:-24}" "$(cat command) ${INPUT:+<$INPUT} 2>err; echo \$? >ended; read -r _"
}

on_screen() { # PATTERN
	terminal capture-pane -p >screen && grep -Eq -- "$1" screen
}
off_screen() { ! on_screen "$1"; }

# see PATTERN: waits until the screen has a line that matches.
see() {
	wait_for on_screen "$1"
}

keys() { terminal send-keys "$@"; }

quit() {
	keys q
	wait_for [ -s ended ]
	[ "$(cat ended)" = "${1:-0}" ] || broken "status $(cat ended): $(cat err screen)"
}

# The numbers of each view are those of linxcap stat, in the same order.
test_views_show_what_stat_counts() {
	local letter name
	recorded
	top -r capture
	see '^ *pid +countv'
	for name in processes:p calls:c errors:e files:f connections:n containers:k slow:s; do
		letter=${name#*:} name=${name%:*}
		lx stat -q -r capture --view "$name" --top 1
		sed -n 2p out | tr -s ' ' | sed 's/^ //; s/ $//' | cut -c -40 >first
		keys F2
		see ' p  Processes'
		keys "$letter"
		wait_for off_screen ' p  Processes '
		wait_for off_screen 'reading [0-9]'
		[ "$name" = slow ] || [ "$name" = connections ] || see "$(sed 's/[.[*+?(){}|\\]/\\&/g; s/ / +/g' first)"
	done
	quit
	[ ! -s err ] || broken "messages: $(cat err)"
}

# Enter leads from a process to its files, to their events, and to one whole event. Backspace leads back.
test_drill_down() {
	recorded
	top -r capture
	see '^ *pid +countv'
	keys Enter
	see '^Processes > [0-9]+ .*: Files'
	see ' file$|  file '
	keys Enter
	see ': Events'
	see '[0-9:]+\.[0-9]+ [^ ]+\[[0-9]+\] '
	keys Enter
	see '"syscall": "'
	see '"time_ns": [0-9]+'
	keys BSpace
	wait_for off_screen '"syscall"'
	keys BSpace BSpace
	see '^Processes$'
	keys BSpace
	see 'this is the first level'
	quit
}

test_filter_bar() {
	recorded
	top -r capture
	see '^ *pid +countv'
	keys F4
	see '^FILTER:'
	keys 'linx.dur' Tab
	see '^FILTER: linx.duration'
	keys ' >= 0 and proc.n' Tab
	see 'proc.name proc.nthreads'
	keys Enter
	see 'unknown field proc.n'
	keys 'ame = nobody-has-this' Enter
	see '0 of 0 rows'
	see 'FILTER linx.duration >= 0 and proc.name = nobody-has-this'
	keys F4 C-u Enter
	see '1 of [1-9][0-9]* rows'
	quit
}

test_sort_search_and_tags() {
	recorded
	top -r capture
	see 'countv'
	keys I
	see 'count\^'
	keys '>'
	see '%v'
	keys F9
	see ' errors +errors'
	keys Enter
	keys / 'no-such-row' Enter
	see 'not found: no-such-row'
	keys Space
	see '1 tagged'
	keys U
	wait_for off_screen 'tagged'
	keys t
	see '└─'
	keys '?'
	see 'F4 \\ +edits FILTER'
	keys q
	see ' time +name'
	quit
}

test_heat_map_and_echo() {
	recorded
	top -r capture
	see 'countv'
	keys F7
	see 'Heat map'
	see '^ *[0-9.]+(ns|us|ms|s)( |$)'
	keys BSpace
	see 'countv'
	keys F5
	see ': Echo'
	quit
}

# Each screen, even the smallest, shows how many records were lost, and that the end of a file is missing.
test_losses() {
	"$WORK/make_capture" 40 >capture
	COLUMNS_OF=40 top -r capture
	see '^linxcap top  5 LOST \(5 full\)'
	keys F7
	see 'Heat map'
	see '5 LOST'
	quit
	COLUMNS_OF=20 LINES_OF=2 top -r capture
	see '^linxcap top  5 LOST'
	quit
}

# A key reads what was added to a file that grows. For a damaged file the screen shows the place of the damage.
test_grows_and_damaged() {
	recorded
	cp capture whole
	head -c $(($(wc -c <whole) - 5000)) whole >capture
	top -r capture
	see 'NO END'
	cat whole >capture
	keys R
	see 'none lost'
	wait_for off_screen 'NO END'
	quit
	cp whole capture
	printf 'XXXXXXXX' | dd of=capture bs=1 seek=$(($(wc -c <whole) - 5000)) conv=notrunc 2>/dev/null
	top -r capture
	see 'damaged|nonsense|checksum'
	quit
}

# A pipe is read like a live source: once, and questions are answered from what was kept.
test_pipe() {
	recorded
	lx stat -q -r capture --view processes --top 1
	sed -n 2p out | tr -s ' ' | sed 's/^ //' | cut -d ' ' -f 1,2 >first
	mkfifo pipe
	cat capture >pipe &
	INPUT=pipe top -r -
	see "$(sed 's/ / +/' first) "
	keys F2 c
	see '^call +countv'
	see '1 of [1-9][0-9]* rows'
	quit
	"$WORK/make_capture" 40 >capture
	cat capture >pipe &
	INPUT=pipe top -r -
	see '5 LOST \(5 full\)'
	quit
}

# The screen is drawn with 20 to 300 columns, without colours, without UTF-8, and after a change of its size.
test_sizes() {
	local size
	recorded
	for size in 20x5 40x10 80x24 300x60; do
		COLUMNS_OF=${size%x*} LINES_OF=${size#*x} top -r capture
		see '^linxcap top'
		see '^ *pid '
		quit
	done
	# on a narrow screen columns of numbers are left out before the column of names
	COLUMNS_OF=20 LINES_OF=8 top -r capture
	see '^pid +countv +name'
	quit
	LOCALE=C UNCOLOURED=yes top -r capture
	see 'countv'
	keys t
	see '[|`]- '
	! LC_ALL=C grep -q '[^ -~]' screen || broken "beyond ASCII: $(cat screen)"
	terminal resize-window -x 30 -y 8
	see '^ *pid +countv'
	terminal resize-window -x 200 -y 50
	see 'F10Quit'
	quit
}

# Names of programs and files may not move the cursor, change the direction of text or imitate another line.
test_hostile_names() {
	local name
	name=$(printf 'x\033[2J\342\200\256\360\237\230\200y')
	cp /bin/true "$name" 2>/dev/null || skip "no such names here"
	traced -q -w capture -- "./$name"
	top -r capture
	see 'countv'
	see 'x\\33\[2J'
	! grep -q "$(printf '\342\200\256')" screen || broken "a mark that turns text: $(cat screen)"
	keys F4 'evt.type = execve' Enter
	keys F6
	see 'execve\("./x\\33\[2J\\u\{202e\}\\u\{1f600\}y"|execve'
	! grep -q "$(printf '\360\237\230\200')" screen || broken "a picture: $(cat screen)"
	quit
}

# A live screen shows a command's calls and opens what a row stands for. A signal, a key or a closed terminal ends it.
test_live() {
	# shellcheck disable=SC2016
	local loop='while :; do read -r x </etc/passwd; done'
	traced -q -- true
	top --engine ptrace -- sh -c "$loop"
	see '^ *[0-9]+ +[0-9]{3,} .* sh'
	see '/s'
	keys Enter
	see '/etc/passwd'
	keys p
	see 'PAUSED'
	keys p
	wait_for off_screen 'PAUSED'
	keys Enter
	see ': Events'
	see 'follows'
	keys BSpace i
	see 'of 2 s'
	quit
	top --engine ptrace -- sh -c "$loop"
	see 'countv'
	terminal kill-session
	wait_for terminal_is_gone
}
terminal_is_gone() { ! pgrep -f "^$LINXCAP top --engine ptrace -- sh -c while :; do read -r x </etc/passwd" >/dev/null; }

# The traced command cannot write over the screen: its output is dropped.
test_command_keeps_off_the_screen() {
	traced -q -- true
	top --engine ptrace -- sh -c 'echo on the screen; echo errors >&2; cat /etc/hostname; sleep 60'
	see 'countv'
	see ' cat'
	off_screen 'on the screen|errors$' || broken "$(cat screen)"
	quit
}

test_alerts() {
	recorded
	printf '%s\n' '- rule: Reads' '  desc: d' '  condition: evt.type = read and proc.name = cat' '  output: cat reads %fd.name' '  priority: WARNING' >rules.yaml
	top -r capture --rules rules.yaml
	see 'countv'
	keys F2 a
	see '^Alerts$'
	see '^[0-9:]+\.[0-9]+ Warning +Reads: cat reads '
	keys Enter
	see '"syscall": "read"'
	quit
	top -r capture
	see 'countv'
	keys F2 a
	see 'no rules: begin with linxcap top --rules FILE'
	quit
}

# Secrets are blanked in tables, in the path of what was opened, in lists and in events.
test_redact() {
	recorded
	lx stat -q -r capture --view processes --top 1
	sed -n '2s/.* //p' out >name
	printf 'regex %s\n' "$(cat name)" >rules
	top -r capture --redact rules
	see 'countv'
	wait_for off_screen "reading|[^a-z]$(cat name)\$"
	keys Enter
	see ': Files'
	off_screen "[^a-z]$(cat name)( |:|\$)" || broken "$(cat screen)"
	keys F6
	see ': Events'
	off_screen "[^a-z]$(cat name)\\[" || broken "$(cat screen)"
	quit
}

test_own_view() {
	recorded
	printf '%s\n' 'view: mine' 'title: My view' 'key: m' 'keys: [linx.abi]' 'open: calls' >mine.yaml
	top -r capture --view mine.yaml
	see '^My view'
	see '^x86_64|^abi'
	keys Enter
	see 'My view > x86_64: Calls'
	quit
}

test_refused() {
	recorded
	refuses 2 "not a terminal: standard output: linxcap stat prints tables elsewhere" top -r capture
	printf '%s\n' 'view: mine' 'key: mm' >bad.yaml
	top -r capture --view bad.yaml
	wait_for [ -s ended ]
	[ "$(cat ended)" = 2 ] || broken "status $(cat ended)"
	says "bad.yaml:2:6: one letter is expected here"
	top -r capture --keep 1
	wait_for [ -s ended ]
	says "not a size: --keep 1: write bytes, as 64M or 1G, and at least 1M"
	top --mode recorder
	wait_for [ -s ended ]
	says "not together: linxcap top and --mode recorder: it shows what comes"
}

# The manual explains each key by its name and with the words of the help.
test_manual_has_the_keys() {
	local name text
	sed 's/\\-/-/g; s/\\(rs/\\/g; s/\\&//g' "$LINX_ROOT/tools/man/linxcap-top.1" >page
	sed -n 's/^KEY([^"]*"\([^"]*\)", [A-Z_]*, "[^"]*", "\(.*\)")$/\1\t\2/p' "$LINX_ROOT/tools/top/keys.def" >rows
	[ "$(wc -l <rows)" -gt 30 ] || broken "few keys: $(cat rows)"
	while IFS=$'\t' read -r name text; do
		name=${name//\\\\/\\}
		grep -qF -- "$name" page || broken "no key $name in the manual"
		[ -z "$text" ] || grep -qF -- "$text" page || broken "not in the manual: $name: $text"
	done <rows
}
