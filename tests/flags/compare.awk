# SPDX-License-Identifier: LGPL-2.1-or-later
# Compares the sets of constants with the headers. Input, in this order:
#   HEADER NAME VALUE KIND     tests/flags/dump, after a line "constants"
#   item SET NAME VALUE        tests/tables/tables.c, after a line "sets"
#   from SET PREFIX HEADER ... the head of each set; HEADER is - if it is no uapi header
# The sets ioctl_cmd_i386 and ioctl_cmd_x32 have the commands whose numbers differ from ioctl_cmd there. Prints "KEY:
# what is wrong":
#   missing HEADER NAME   the header has it, no set has
#   value SET NAME        the header has it with another value
#   gone SET NAME         no header has it
# A name belongs to a set if the set has another name of the same enum, or if it is a macro of the set's header that
# begins like all of the set's names there. It is not missing if the set has its value under another name.

# Returns whether two numbers are equal, also if one of them is a 32-bit number that was extended with zeroes or with
# its sign.
function same(a, b,   d) {
	d = a - b
	return d == 0 || d == 4294967296 || d == -4294967296
}

$1 == "constants" || $1 == "sets" { part = $1; next }

part == "constants" {
	if ($4 == "unreadable") {
		print "unreadable " $1 ": the compiler does not take it alone"
		next
	}
	if ($4 ~ /^io-/) {
		narrow[substr($4, 4), $2] = narrow[substr($4, 4), $2] " " $3
		next
	}
	value[$1, $2] = $3
	anywhere[$2] = anywhere[$2] " " $3
	kind[$1, $2] = $4
	names[$1] = names[$1] " " $2
	next
}

$1 == "item" {
	n++
	set[n] = $2
	name[n] = $3
	values[$2, $3] = values[$2, $3] " " $4
	items[$2] = items[$2] " " n
	has[$2, $4] = 1
	cover($2, $3)
}

$1 == "from" {
	prefix[$2] = $3
	for (i = 4; i <= NF; i++)
		if ($i == "-")
			other[$2] = 1
		else
			belongs_to($2, $i)
}

# Stores header h for set s, and the headers of the same subject that it may include: linux/mman.h includes asm/mman.h,
# which includes asm-generic/mman.h and mman-common.h.
function belongs_to(s, h,   name) {
	note_header(s, h)
	if (h !~ /^(linux|asm|asm-generic)\/[^\/]*$/)
		return
	name = h
	sub(/.*\//, "", name)
	sub(/\.h$/, "", name)
	if ("asm/" name ".h" != h)
		note_included(s, "asm/" name ".h")
	if ("asm-generic/" name ".h" != h)
		note_included(s, "asm-generic/" name ".h")
	note_included(s, "asm-generic/" name "-common.h")
}

function note_included(s, h) {
	if (h in names)
		note_header(s, h)
}

function note_header(s, h) {
	if ((s, h) in noted)
		return
	noted[s, h] = 1
	sets_of[h] = sets_of[h] " " s
	headers[s] = headers[s] " " h
}

# Marks the names in an item's name as known: it may be an expression such as 1<<NAME.
function cover(s, word) {
	while (match(word, /[A-Za-z_][A-Za-z0-9_]*/)) {
		covered[substr(word, RSTART, RLENGTH)] = 1
		sets_with[substr(word, RSTART, RLENGTH)] = sets_with[substr(word, RSTART, RLENGTH)] " " s
		word = substr(word, RSTART + RLENGTH)
	}
}

function one_of(list, v,   part, count, i) {
	count = split(list, part, " ")
	for (i = 1; i <= count; i++)
		if (same(part[i], v))
			return 1
	return 0
}

function check_expression(s, text,   word, rest) {
	rest = text
	while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		if (!(word in anywhere) && rest !~ /^\(/ && !(s in other))
			print "gone " s " " text ": no header has " word
	}
}

# Checks the numbers of a command for another ABI. The command has the same name in every header, but may have had
# several numbers.
function check_narrow(abi, s, word,   list, count, i, theirs) {
	theirs = (abi, word) in narrow ? narrow[abi, word] : ""
	count = split(theirs, list, " ")
	for (i = 1; i <= count; i++)
		if (one_of(values[s, word], list[i]))
			return
	if (!count && s in other)
		return
	print (count ? "value " : "gone ") s " " word ": it is" values[s, word] ", in the headers" theirs
}

function check_item(k,   s, h, count, i, key) {
	s = set[k]
	key = s " " name[k]
	if (s ~ /^ioctl_cmd_/) {
		check_narrow(substr(s, 11), s, name[k])
		return
	}
	if (name[k] !~ /^[A-Za-z_][A-Za-z0-9_]*$/) {
		check_expression(s, name[k])
		return
	}
	count = split(headers[s], h, " ")
	for (i = 1; i <= count; i++)
		if ((h[i], name[k]) in value) {
			if (!one_of(values[s, name[k]], value[h[i], name[k]]))
				print "value " key ": it is" values[s, name[k]] ", in " h[i] " " value[h[i], name[k]]
			return
		}
	if (!(name[k] in anywhere)) {
		if (!(s in other))
			print "gone " key ": no header has it"
		return
	}
	count = split(anywhere[name[k]], h, " ")
	for (i = 1; i <= count; i++)
		if (one_of(values[s, name[k]], h[i]))
			return
	print "value " key ": it is" values[s, name[k]] ", in the headers" anywhere[name[k]]
}

function common(a, b) {
	while (index(b, a) != 1)
		a = substr(a, 1, length(a) - 1)
	return a
}

# Returns the common beginning of the set's macros in that header, up to a _.
function beginning(s, h,   list, count, i, p, found) {
	if (prefix[s] ~ /^_/)
		return prefix[s]
	count = split(items[s], list, " ")
	for (i = 1; i <= count; i++)
		if (kind[h, name[list[i]]] == "macro")
			p = found++ ? common(p, name[list[i]]) : name[list[i]]
	if (found < 2)
		return ""
	sub(/[^_]*$/, "", p)
	return p
}

# Returns whether a name begins with the prefix p, or ends with it if p begins with _.
function belongs(word, p) {
	if (p == "")
		return 0
	return p ~ /^_/ ? index(word, p) > 1 : index(word, p) == 1
}

# Prints that a value is missing, and the first of the sets that may have to have it, unless one of the sets has it.
function note_missing(h, word, sets,   s, count, i) {
	count = split(sets, s, " ")
	for (i = 1; i <= count; i++)
		if ((s[i], value[h, word]) in has || (s[i], sprintf("%.0f", value[h, word] + 4294967296)) in has)
			return
	if (count)
		print "missing " h " " word ": it is " value[h, word] "; for the set " s[1] "?"
}

function check_header(h,   list, count, s, nsets, i, j, enum, p, candidates) {
	count = split(names[h], list, " ")
	nsets = split(sets_of[h], s, " ")
	for (i = 1; i <= nsets; i++)
		p[i] = beginning(s[i], h)
	for (i = 1; i <= count; i++)
		if (list[i] in covered && kind[h, list[i]] !~ /^(io|macro)$/)
			enum[kind[h, list[i]]] = enum[kind[h, list[i]]] " " sets_with[list[i]]
	for (i = 1; i <= count; i++) {
		if (list[i] in covered || kind[h, list[i]] == "io")
			continue
		candidates = ""
		if (kind[h, list[i]] in enum)
			candidates = enum[kind[h, list[i]]]
		else if (kind[h, list[i]] == "macro")
			for (j = 1; j <= nsets; j++)
				if (belongs(list[i], p[j]))
					candidates = candidates " " s[j]
		note_missing(h, list[i], candidates)
	}
}

END {
	for (k = 1; k <= n; k++)
		check_item(k)
	for (h in sets_of)
		if (!(h in names))
			print "header " h ": the headers have no such file; sets" sets_of[h]
		else
			check_header(h)
	for (k in kind) {
		split(k, key, SUBSEP)
		if (kind[k] == "io" && !(key[2] in covered))
			note_missing(key[1], key[2], "ioctl_cmd")
	}
	for (k in narrow) {
		split(k, key, SUBSEP)
		s = "ioctl_cmd_" key[1]
		v = narrow[k]
		sub(/^ /, "", v)
		if (!(("ioctl_cmd", v) in has) && !((s, v) in has))
			print "missing " key[1] " " key[2] ": it is " v "; for the set " s "?"
	}
}
