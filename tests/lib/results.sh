# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# One line per test as it ends, and the closing line. Scripts called by another share its account through LINX_RESULTS.

results_begin() {
	RESULTS_OWNER=no
	[ -z "${LINX_RESULTS:-}" ] || return 0
	mkdir -p "$LINX_BUILD"
	LINX_RESULTS=$(mktemp "$LINX_BUILD/results.XXXXXX")
	RESULTS_OWNER=yes
	export LINX_RESULTS
}

# result pass|fail|skip STAGE NAME [DETAIL] [HIDDEN]
# Records a result, and prints a failure with the command that runs only that test. AGAIN: words for that, where STAGE
# and NAME are not enough. LINX_CHEAP: packages are made of the objects in build/, and programs for another machine
# without optimization, as in `make check`.
result() {
	local again=${AGAIN:-$2 $3}
	printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}" "$again" >>"$LINX_RESULTS"
	[ -n "${5:-}" ] && [ "$1" != fail ] || show_result "$@"
	[ "$1" != fail ] || printf '%-10s again:  %s\n' "$2" "$(again_command "$again")"
}

again_command() { printf "make check-again TEST='%s'%s" "$1" "${LINX_CHEAP:+ LINX_CHEAP=yes}"; }

# took STAGE NAME SECONDS: stores the time of a test for results_times.
took() {
	printf 'took\t%s\t%s\t%s\n' "$@" >>"$LINX_RESULTS"
}

# took_group NAME SECONDS PROCESSOR-SECONDS: stores the time of a group for results_times.
took_group() {
	printf 'group\t%s\t%s\t%s\n' "$@" >>"$LINX_RESULTS"
}

# Prints a time in microseconds. Only the difference of two such times has a meaning.
now_us() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

seconds_since() { # MICROSECONDS
	printf '%d.%d' $((($(now_us) - $1) / 1000000)) $((($(now_us) - $1) / 100000 % 10))
}

# Prints the time of each group, and of the slowest tests.
results_times() {
	awk -F'\t' '
	$1 == "group" { printf "%d\t%-24s%6d s %8d s\n", 1000000 + $3, $2, $3, $4 }' "$LINX_RESULTS" | sort -rn | cut -f 2 |
		{ printf '%-24s%8s %10s\n' 'group' 'took' 'processor' && cat; }
	printf '\nslowest tests:\n'
	awk -F'\t' '$1 == "took" { printf "%8.1f s  %s %s\n", $4, $2, $3 }' "$LINX_RESULTS" | sort -rn | sed -n 1,25p
	printf '\n'
}

show_result() {
	local mark=ok
	case $1 in
	fail) mark=FAILED ;;
	skip) mark=skipped ;;
	esac
	printf '%-10s %-7s %s%s\n' "$2" "$mark" "$3" "${4:+ ($4)}"
}

results_count() { awk -v k="$1" '$1 == k { n++ } END { print n + 0 }' "$LINX_RESULTS"; }

# Exit status of a script that has recorded all its failed tests. Any other status of a called script except 0 means a
# failure that it has not recorded; it counts as one more failed test.
COUNTED=3

# Prints the closing line with the sums of all results, if this is the outermost script. Fails if a test failed or none
# ran.
results_end() {
	local p f s
	p=$(results_count pass) f=$(results_count fail) s=$(results_count skip)
	if [ "$RESULTS_OWNER" = yes ]; then
		! grep -q '^group' "$LINX_RESULTS" || results_times
		results_repeat_failures "$f"
		printf '%s passed, %s failed' "$p" "$f"
		[ "$s" = 0 ] || printf ', %s skipped' "$s"
		printf '\n'
		rm -f "$LINX_RESULTS"
		[ "$f" = 0 ] && [ $((p + s)) -gt 0 ]
		return
	fi
	[ "$f" = 0 ] || return $COUNTED
}

# counted STAGE COMMAND...: runs a script that records results of its own.
counted() {
	local stage=$1 rc=0
	shift
	"$@" || rc=$?
	[ $rc = 0 ] || [ $rc = $COUNTED ] || result fail "$stage" "${1##*/}" "ended with status $rc"
}

results_repeat_failures() {
	local name detail again
	[ "$1" != 0 ] || return 0
	printf 'failed, to be run again alone by:\n'
	awk -F'\t' -v OFS='\037' '$1 == "fail" { print $3, $4, $5 }' "$LINX_RESULTS" | while IFS=$'\037' read -r name detail again; do
		printf '  %s%s\n' "$(again_command "$again")" "${detail:+    # $name: $detail}"
	done
	printf '\n'
}

indent() { sed 's/^/           | /'; }
