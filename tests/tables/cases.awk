# SPDX-License-Identifier: LGPL-2.1-or-later
# Finds rows of the table of calls that no case of tests/cases calls. Input, in this order: "row ROW ..." and "nr ARCH
# NUMBER NAME ROW" of tests/tables/tables.c, then the sources of the cases. A case counts as calling a name if one of
# its texts begins with it ("read(", "stat64"), or if its linx-options name it after trace= and the rest of the file
# also names it. A case makes its calls on both ABIs, unless it is "native only" or "i386 only". Prints "case ROW: why".

function call(name) {
	if (!i386_only && ("x86_64", name) in row_of)
		called[row_of["x86_64", name]] = 1
	if (!native_only && ("i386", name) in row_of)
		called[row_of["i386", name]] = 1
}

function finish(   n, list, i) {
	n = split(trace, list, ",")
	for (i = 1; i <= n; i++)
		if (list[i] in word)
			call(list[i])
	trace = ""
	native_only = i386_only = 0
	split("", word)
}

FNR == NR {
	if ($1 == "row")
		row[$2] = 1
	if ($1 == "nr") {
		row_of[$2, $4] = $5
		archs[$5] = archs[$5] " " $2
	}
	next
}

FNR == 1 { finish() }
/native only/ { native_only = 1 }
/i386 only/ { i386_only = 1 }
/linx-options:/ {
	trace = $0
	sub(/.*trace=/, "", trace)
	sub(/[ *].*/, "", trace)
	next
}
{
	rest = $0
	while (match(rest, /"[a-z_][a-z0-9_]*["(]/)) {
		call(substr(rest, RSTART + 1, RLENGTH - 2))
		rest = substr(rest, RSTART + RLENGTH - 1)
	}
	n = split($0, part, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++)
		word[part[i]] = 1
}

END {
	finish()
	for (r in row)
		if (!(r in called))
			print "case " r ": none calls it; it is a call of" archs[r]
}
