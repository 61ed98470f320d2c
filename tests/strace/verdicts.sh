# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Functions that list the tests of strace's suite, those that apply, and their results: for tests/strace/suite (guests)
# and tests/strace/here (this machine). Both set WORK, SRC, patterns and sample.

HERE=$LINX_ROOT/tests/strace

directory() { # BITS
	case $1 in
	32) echo tests-m32 ;;
	*) echo tests ;;
	esac
}

# Prints all tests that apply. The file tests/strace/without lists the others, with reasons.
all_tests() { # BITS
	(cd "$SRC/$(directory "$1")" && ls -- *.test) | sed 's/\(\.gen\)\?\.test$//' | sort -u | without | chosen | spread
}

without() {
	awk 'FNR == NR { if (!/^#/ && NF) { gsub(/\*/, ".*", $1); pattern[++n] = "^" $1 "$" } next }
		{ for (i = 1; i <= n; i++) if ($1 ~ pattern[i]) next; print }' "$HERE/without" -
}

chosen() {
	local name pattern
	while read -r name; do
		for pattern in "${patterns[@]}"; do
			# shellcheck disable=SC2053 # the right side is a pattern
			[[ $name != $pattern ]] || { echo "$name" && break; }
		done
	done
}

spread() {
	awk -v n="$sample" '{ line[NR] = $0 }
		END { for (i = 1; i <= NR; i++) if (!n || int(i * n / NR) > int((i - 1) * n / NR)) print line[i] }'
}

# Prints the name under which a tracer's verdicts are stored, which is also the directory of the files of failed tests.
known_as() { # TRACER BITS
	case $1-${engine:-kmod} in
	linxcap-kmod | newest-* | own-*) echo "$1-$2" ;;
	*) echo "$1-$engine-$2" ;;
	esac
}

results() { echo "$WORK/results/$(known_as "$1" "$2")"; } # TRACER BITS

left() { # TRACER BITS: tests without a verdict
	touch "$(results "$1" "$2")"
	all_tests "$2" | awk -v known="$(results "$1" "$2")" 'BEGIN { while ((getline <known) > 0) done[$2] = 1 } !($1 in done)'
}

forget() { # TRACER BITS
	all_tests "$2" >"$WORK/forget"
	touch "$(results "$1" "$2")"
	awk 'FILENAME == ARGV[1] { gone[$1] = 1; next } !($2 in gone)' "$WORK/forget" "$(results "$1" "$2")" >"$WORK/kept"
	mv "$WORK/kept" "$(results "$1" "$2")"
	sed "s|.*|$WORK/logs/$(known_as "$1" "$2")/&.log\n$WORK/logs/$(known_as "$1" "$2")/&.said|" "$WORK/forget" | xargs rm -f
}

# Reads the output of tests: stores lines "@verdict WORD NAME SECONDS [WHY]" as verdicts, and "@log NAME BASE64" as
# files in logs/.
take() { # TRACER BITS OUTPUT
	local kind name text logs=$WORK/logs/$(known_as "$1" "$2")
	mkdir -p "$logs"
	tr -d '\r' <"$3" | sed -n 's/^@verdict //p' | tee -a "$(results "$1" "$2")" | awk '{ n[$1]++ } END { for (w in n) print "  " n[w], w }' >&2
	while read -r kind name text; do
		[ "$kind" != @log ] || base64 -d <<<"$text" | gzip -d >"$logs/$name" || true
	done < <(tr -d '\r' <"$3")
}

make_variables() { # MAKEFILE
	sed -n 's/^\(ARCH\|NATIVE_ARCH\) *= */STRACE_\1=/p; s/^\(SIZEOF_LONG\|SIZEOF_KERNEL_LONG_T\) *= */\1=/p' "$1"
}

# ---- summary of the verdicts

print_summary() { # BITS VERSION NEWEST: of the strace that the suite is of, and of the newest
	all_tests "$1" >"$WORK/all"
	gawk -f "$HERE/table.awk" -v bits="$1" -v version="$2" -v newest="$3" -v logs="$WORK/logs" -v linxcap="$(known_as linxcap "$1")" \
		-v differs="$HERE/differs" -v counts="$WORK/counts" "$WORK/all" "$(results own "$1")" "$(results newest "$1")" "$(results linxcap "$1")"
}
