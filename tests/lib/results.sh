# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# One line per test as it ends, and the closing line. Scripts that run below
# another share its account through LINX_RESULTS.

results_begin() {
	RESULTS_OWNER=no
	[ -z "${LINX_RESULTS:-}" ] || return 0
	mkdir -p "$LINX_BUILD"
	LINX_RESULTS=$(mktemp "$LINX_BUILD/results.XXXXXX")
	RESULTS_OWNER=yes
	export LINX_RESULTS
}

# result pass|fail|skip STAGE NAME [DETAIL] [HIDDEN]
result() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}" >>"$LINX_RESULTS"
	[ -n "${5:-}" ] && [ "$1" != fail ] || show_result "$@"
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

# A status that says: tests failed, and they are in the account. Any other
# failure of a script below another is not, and counts as one more.
COUNTED=3

# Prints the closing line where it belongs; fails when a test did, or when none ran.
results_end() {
	local p f s
	p=$(results_count pass) f=$(results_count fail) s=$(results_count skip)
	if [ "$RESULTS_OWNER" = yes ]; then
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

# counted STAGE COMMAND...: a script with results of its own.
counted() {
	local stage=$1 rc=0
	shift
	"$@" || rc=$?
	[ $rc = 0 ] || [ $rc = $COUNTED ] || result fail "$stage" "${1##*/}" "ended with status $rc"
}

results_repeat_failures() {
	[ "$1" != 0 ] || return 0
	printf '\nfailed:\n'
	awk -F'\t' '$1 == "fail" { print "  " $2 " " $3 }' "$LINX_RESULTS"
	printf '\n'
}

indent() { sed 's/^/           | /'; }
