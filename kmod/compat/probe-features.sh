#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests which features of features.c the kernel's headers have, and writes LINX_HAS_... 1 or 0 for each into HEADER.
# All tests are compiled at once. A test with a compile error means that the feature is missing. The other tests are
# compiled again without it, until there is no error.
# usage: probe-features.sh SOURCE HEADER RELEASE COMPILER FLAGS...
src=$1 out=$2 release=$3
shift 3

names=$(sed -n 's/^#ifndef LINX_LACKS_//p' "$src")
flags="-fsyntax-only -Wno-error -Wno-unused -Werror=incompatible-pointer-types -Werror=implicit-function-declaration"
flags="$flags -Werror=int-conversion"

fail() {
	echo "linx: $1" >&2
	[ ! -s "$out.log" ] || head -n 40 "$out.log" >&2
	rm -f "$out.log"
	exit 1
}

# Prints the names of the tests with an error. If an error comes from a macro, gcc prints the function's name before it.
# Otherwise, and with clang, the error has a line number: the test is the last function that begins before that line.
with_errors() {
	awk -v source="$src" '
	FILENAME == source {
		if (match($0, /linx_has_[A-Z0-9_]+\(/))
			last = substr($0, RSTART + 9, RLENGTH - 10)
		of[FNR] = last
		next
	}
	match($0, /In function .linx_has_[A-Z0-9_]+/) {
		current = substr($0, RSTART, RLENGTH)
		sub(/.*linx_has_/, "", current)
		next
	}
	/ error: / {
		n = split($0, part, ":")
		if (part[1] ~ /features\.c$/ && part[2] in of && of[part[2]] != "")
			print of[part[2]]
		else if (current != "")
			print current
	}' "$src" "$out.log" | sort -u
}

all_errors=-fmax-errors=0
case $("$1" --version 2>/dev/null) in
*clang*) all_errors=-ferror-limit=0 ;;
esac

# If two tests fail for the same reason, gcc may report only the first, so compiling is repeated until no error is left.
lacks= defines=
until LC_ALL=C "$@" $flags $all_errors $defines "$src" >"$out.log" 2>&1; do
	more=$(with_errors)
	[ -n "$more" ] || fail "the headers of this kernel do not compile, or say something that is not understood:"
	for name in $more; do
		lacks="$lacks $name"
		defines="$defines -DLINX_LACKS_$name"
	done
done

{
	echo "/* SPDX-License-Identifier: GPL-2.0-only */"
	echo "/* Made by compat/probe-features.sh for Linux $release. */"
	for name in $names; do
		case "$lacks " in
		*" $name "*) echo "#define LINX_HAS_$name 0" ;;
		*) echo "#define LINX_HAS_$name 1" ;;
		esac
	done
} >"$out.new"
grep -q 'LINX_HAS_SOMETHING 1' "$out.new" && grep -q 'LINX_HAS_NOTHING 0' "$out.new" ||
	fail "the compiler does not answer as it should"
rm -f "$out.log"
mv "$out.new" "$out"
