# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The manual and the completion are compared with the option tables, as --help prints them.

MAN=$LINX_ROOT/tools/man
PAGE=$LINX_BUILD/man/linxcap.1

# Prints the options in a help text: letters and names, one per line.
help_options() { sed -n 's/^  \(-[^ ].*\)/\1/p' | grep -oE '^-[a-zA-Z]|(^|, )--[a-z0-9-]+' | sed 's/^, //' | sort -u; }

# Prints the options that a manual page describes, which are the headings of its paragraphs.
page_options() { sed -n '/^\.SH OPTIONS/,/^\.SH [^O]/p' "$1" | grep -A1 '^\.TP' | grep -E '^\.B[RI]? ' | sed 's/\\-/-/g' | grep -oE '(^|[ "])-[a-zA-Z]\>|--[a-z0-9-]+' | tr -d ' "' | sort -u; }

same() { # LEFT RIGHT
	diff "$1" "$2" || broken "$1 and $2 differ"
}

test_options_of_linxcap() {
	lx --help all
	help_options <out >help
	page_options "$PAGE" >manual
	same help manual
}

# Each subcommand has a manual page with exactly the options of its --help. The subcommands that are left out are help,
# which has no page, and those whose pages the other tests of this file check.
test_options_of_subcommands() {
	local name
	lx --help all
	for name in $(sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p' out | grep -vx 'flame\|help\|http\|serve\|stat\|strace\|top'); do
		[ -e "$MAN/linxcap-$name.1" ] || broken "no page of linxcap $name"
		"$LINXCAP" "$name" --help | help_options >help
		page_options "$MAN/linxcap-$name.1" >manual
		same help manual
		grep -q "linxcap.-$name (1),$" "$PAGE" || broken "linxcap(1) does not name linxcap-$name(1)"
	done
}

test_options_of_strace() {
	lx strace --help
	help_options <out >help
	page_options "$MAN/linxcap-strace.1" >manual
	same help manual
}

# linxcap http accepts the options of a trace. Its page must describe all options that it has beside those of a trace,
# and no option that its --help lacks.
test_options_of_http() {
	lx --help all
	help_options <out >trace
	lx http --help
	help_options <out >help
	page_options "$MAN/linxcap-http.1" >manual
	[ -z "$(comm -13 help manual)" ] || broken "the page has what help has not: $(comm -13 help manual)"
	[ -z "$(comm -23 help trace | comm -23 - manual)" ] || broken "the page lacks: $(comm -23 help trace | comm -23 - manual)"
}

# has_options SUBCOMMAND: checks a subcommand that accepts most options of a trace. Its page must describe all options
# that it has beside those of a trace, and no option that its --help lacks.
has_options() {
	lx --help all
	help_options <out >trace
	lx "$1" --help
	help_options <out >help
	page_options "$MAN/linxcap-$1.1" >manual
	[ -z "$(comm -13 help manual)" ] || broken "the page has what help has not: $(comm -13 help manual)"
	[ -z "$(comm -23 help trace | comm -23 - manual)" ] || broken "the page lacks: $(comm -23 help trace | comm -23 - manual)"
}

test_options_of_top() { has_options top; }

test_options_of_stat() {
	has_options stat
	sed -n 's/^  --view \([^ ]*\).*/\1/p' out | tr '|' '\n' >help
	sed -n 's/^\.BI \\-\\-view "* *//p' "$MAN/linxcap-stat.1" | sed 's/\\f[RP]//g; s/"//g' | tr '|' '\n' >manual
	same help manual
}

# linxcap flame and serve accept most options of a trace, as linxcap stat does.
test_options_of_flame_and_serve() {
	local name
	lx --help all
	help_options <out >trace
	for name in flame serve; do
		lx $name --help
		help_options <out >help
		page_options "$MAN/linxcap-$name.1" >manual
		[ -z "$(comm -13 help manual)" ] || broken "$name: the page has what help has not: $(comm -13 help manual)"
		[ -z "$(comm -23 help trace | comm -23 - manual)" ] || broken "$name: the page lacks: $(comm -23 help trace | comm -23 - manual)"
	done
}

# The manual has all examples that --help prints.
test_examples() {
	local line
	lx --help
	sed -n '3,8s/^  \(linxcap .*\)/\1/p' out | sed 's/   *[^ ].*//' >examples
	[ "$(wc -l <examples)" = 6 ] || broken "not six"
	sed -n '/^\.SH EXAMPLES/,/^\.SH SEE/p' "$PAGE" | sed 's/\\-/-/g' >page
	while read -r line; do
		grep -qxF "$line" page || broken "the manual lacks: $line"
	done <examples
}

test_subcommands() {
	lx --help all
	sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p' out | sort >help
	sed -n '/^\.SH SUBCOMMANDS/,/^\.SH [^S]/p' "$PAGE" | grep -A1 '^\.TP' | sed -n 's/^\.B[IR]\? "\?\([a-z]*\).*/\1/p' | sort >manual
	same help manual
}

# option_words OPTION WORD-THAT-IS-THERE NOT-EXPLAINED: help and manual must list the same words for an option, and the
# manual must explain each word except NOT-EXPLAINED. The words of help are left in the file "help".
option_words() { # OPTION WORD-THAT-IS-THERE NOT-EXPLAINED
	lx --help all
	sed -n "s/^  --$1 \([^ ]*\).*/\1/p" out | tr '|' '\n' >help
	grep -qx "$2" help || broken "--help names no $1"
	sed -n "s/^\.BI \\\\-\\\\-$1 \"* *//p" "$PAGE" | sed 's/\\f[RP]//g; s/"//g' | tr '|' '\n' >manual
	same help manual
	grep -vx "$3" help | while read -r name; do
		sed -n "/^\.BI \\\\-\\\\-$1/,/^\.TP/p" "$PAGE" | grep -qx "\.B $name" || broken "the manual does not say what $name is"
	done
}

# The words of --engine are the same in help and in the manual, and linx_open_engine(3) describes each engine.
test_engines() {
	option_words engine kmod ''
	grep -v '^auto$' help | while read -r name; do
		grep -qx "\.B $name" "$LINX_ROOT/libuser/man/linx_open_engine.3" || broken "linx_open_engine(3) does not say what $name is"
	done
}

# The words of --format are the same in help and in the manual, which explains each except TEMPLATE.
test_formats() { option_words format json TEMPLATE; }

test_pages_are_sound() {
	local page
	if command -v mandoc >/dev/null; then
		for page in "$MAN"/*.1; do
			mandoc -T lint -W warning "$page" || broken "$page"
		done
	elif command -v man >/dev/null; then
		for page in "$MAN"/*.1; do
			[ -z "$(LC_ALL=C.UTF-8 man --warnings -l "$page" 2>&1 >/dev/null)" ] || broken "$page"
		done
	else
		skip "neither mandoc nor man"
	fi
}

offers() { # "WORDS" EXPECTED...
	local words=$1
	shift
	# shellcheck disable=SC2086
	bash_completes linxcap $words "${last-}" >offered
	printf '%s\n' "$@" | sort >expected
	same expected offered
}

test_completion_of_words() { # full
	last=li offers "" list
	last=--for offers "" --for --for-trial --force --format
	last=--sta offers "" --stats
	last= offers "--mode" discard recorder throttle
	last=j offers "--format" json
	last= offers "--engine" kmod bpf ptrace auto
	last= offers "--format" $("$LINXCAP" --help all | sed -n 's/^  --format //p' | tr '|' '\n' | grep -vx TEMPLATE)
	last=--j offers "list" --json
	# bash splits --color=al and --stats=some into words in this way.
	last=al offers "--color =" always
	last='=' offers "--color" auto always never
	touch some-file
	last=some offers "--stats =" some-file
	last=some offers "strace -o" some-file
	last=ver offers "help" version
	mkdir some-dir
	last=some offers "doctor --root" some-dir
	last=some offers "--exempt" some-dir
	printf '#!/bin/sh\n' >some-dir/some-command
	chmod 755 some-dir/some-command
	PATH=$PWD/some-dir:$PATH last=some-c offers "-z" some-command
	PATH=$PWD/some-dir:$PATH last=some-c offers "strace -f -o out -e trace = open" some-command
	PATH=$PWD/some-dir:$PATH last=some offers "strace some-command" some-dir some-file
	last=--successful offers "strace" --successful-only
}

# A file name may hold any character: completion must not execute or expand it.
test_completion_behind_any_word() {
	local word
	echo --salvage >expected
	for word in /tmp/x 'a[b' '.*' "'/a/;e touch executed;#'" '$(touch executed)'; do
		bash_completes linxcap -r "$word" --sal >offered 2>err
		same expected offered
		is_silent
	done
	[ ! -e executed ] || broken "a name was executed"
}

test_completion_of_fields() {
	last=linx.cmd offers "" linx.cmdline
	last=linx.cmd offers "-n 3" linx.cmdline
	last='%linx.time %linx.cmd' offers "--format" '%linx.time %linx.cmdline'
	last=li offers "--format" line
	last=ch offers "config" check
	last=ch offers "rules" check
	touch some-file
	last=some offers "config check" some-file
	last=some offers "rules check" some-file
}

test_completion_of_calls() {
	last=openat offers "-e" openat openat2
	last=openat2 offers "-e trace =" openat2
	last=openat2 offers "strace -e" openat2
	last=openat offers "strace --status" ""
	last=read,open_t offers "-e" read,open_tree read,open_tree_attr
	touch some-file
	last=some offers "-w" some-file
	last=roo offers "-u" root
}
