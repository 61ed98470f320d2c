# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Words that users know from other programs: each causes one line that names the equivalent of linxcap.

TABLE=$LINX_ROOT/tools/trace/habits.c

# Prints "WORD<tab>HINT" for each row of the table of hints.
rows() { sed -n 's/^\t{ "\(.*\)", "\(.*\)" },$/\1\t\2/p' "$TABLE"; }

test_each_word_has_its_hint() { # full
	local typed hint n=0
	while IFS=$'\t' read -r typed hint; do
		case $typed in
		-*) refuses 2 "unknown option: $typed: $hint" "$typed" ;;
		*) refuses 2 "unknown subcommand: $typed: $hint" "$typed" ;;
		esac
		n=$((n + 1))
	done < <(rows)
	[ "$n" = "$(grep -c '^	{ "' "$TABLE")" ] || broken "$n rows were read"
	[ "$n" -gt 80 ] || broken "only $n rows"
}

test_what_people_type() {
	refuses 2 "unknown option: --json: write --format json" --json -- ls
	refuses 2 "unknown option: --pid: write -p PID" --pid=3
	refuses 2 "unknown option: --duration: write --for TIME; calls that took long: --min-duration TIME" --duration 5
	refuses 2 "unknown option: -F: write -f to follow children; no call is sampled, unless --sample asks for it" -tF 99
	lx record -- ls
	is_status 2
	has err "^linxcap: unknown subcommand: record: write linxcap -w FILE, with -- CMD or -p PID$"
}

# Each option that a hint names exists: one after "linxcap strace" or "linxcap stat" exists there, all others exist in
# linxcap.
test_hints_are_right() { # full
	local typed hint option
	"$LINXCAP" --help all >own
	"$LINXCAP" strace --help >of_strace
	"$LINXCAP" stat --help >of_stat
	while IFS=$'\t' read -r typed hint; do
		for option in $(grep -oE '(^| )-[a-zA-Z]\>|--[a-z-]+' <<<"$hint"); do
			case $hint in
			*"'linxcap strace"*) cat own of_strace ;;
			*"linxcap stat "*) cat of_stat ;;
			*) cat own ;;
			esac >where
			grep -Eq -- "(^  |, )$option([ =[,]|\$)" where || broken "$typed: there is no $option"
		done
		for option in $(sed -n "s/.*linxcap \\([a-z]*\\)\\b.*/\\1/p" <<<"$hint"); do
			grep -Eq "^  $option " own || broken "$typed: there is no linxcap $option"
		done
	done < <(rows)
}
