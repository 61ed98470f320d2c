#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Asks the kernel's headers what features.c wants to know, and writes the answers as constants.
# All questions are compiled at once. Those with an error are answered by no; the others have to
# be without error when they are compiled again without them.
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

# gcc names the function before its errors, wherever a macro has them from; clang, and gcc
# for what is not in a macro, name the line, of which the functions before it are known.
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

# gcc tells of the first function alone what two of them lack: so again, until nothing is left.
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
