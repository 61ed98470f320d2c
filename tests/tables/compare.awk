# SPDX-License-Identifier: LGPL-2.1-or-later
# Compares the rows of our table with the functions that the kernels call for each number. Input, in this order:
#   row ROW NAME:TYPE:CAPTURE ...     nr ARCH NUMBER NAME ROW           ours
#   prototype FAMILY FUNCTION NAME:KIND ...
#   function ARCH NUMBER FUNCTION                                       theirs
# The lines of the oldest kernel come first. A later line replaces an earlier one, unless the number is no longer in
# use. Prints "KEY: what is wrong" and, with -v pointers=1, "pointer ROW NAME" for each argument whose parameter in
# the kernel is a pointer; with -v all=1 the numbers without a function.

$1 == "row" {
	nargs[$2] = NF - 2
	for (i = 3; i <= NF; i++) {
		split($i, part, ":")
		arg[$2, i - 2] = part[1]
		type[$2, i - 2] = part[2]
	}
}

$1 == "nr" {
	call[$2, $3] = $4
	row_of[$2, $3] = $5
	if ($2 == "x86_64")
		traced[$5] = 1 # its names are compared in a guest, with those of the kernel's events
}

$1 == "prototype" {
	f = $2 ":" $3
	n_of[f] = NF - 3
	for (i = 4; i <= NF; i++) {
		split($i, part, ":")
		name[f, i - 3] = part[1]
		kind[f, i - 3] = part[2]
	}
}

$1 == "function" {
	known[$2] = 1
	if ($4 !~ /ni_syscall$/)
		fn[$2, $3] = $4
}

function family(arch) { return arch ~ /^arm/ ? arch : "x86" }

# 32-bit ARM passes 64 bits in a pair of registers, the first of which has an even number.
function registers(arch, f,   i, n) {
	if (arch != "arm")
		return n_of[f]
	for (i = 1; i <= n_of[f]; i++)
		if (kind[f, i] == "wide")
			n += n % 2 + 2
		else
			n++
	return n + 0
}

function wide(f,   i) {
	for (i = 1; i <= n_of[f]; i++)
		if (kind[f, i] == "wide")
			return 1
	return 0
}

function compare(arch, nr,   r, f, i, theirs) {
	r = row_of[arch, nr]
	f = family(arch) ":" fn[arch, nr]
	if (!(f in n_of)) {
		if (!(r in traced))
			print "prototype " fn[arch, nr] ": no header has it; it is " call[arch, nr] " of " arch
		return
	}
	if (registers(arch, f) != nargs[r]) {
		print "count " r " " fn[arch, nr] ": it has " registers(arch, f) " arguments, the row has " nargs[r]
		return
	}
	for (i = 1; i <= n_of[f]; i++) {
		if (kind[f, i] == "pointer" && pointers && !(arch == "arm" && wide(f)))
			print "pointer " r " " arg[r, i]
		theirs = name[f, i]
		if (fn[arch, nr] in row_of_traced)
			theirs = arg[row_of_traced[fn[arch, nr]], i]
		if (arch == "arm" && wide(f) || r in traced || theirs == "?" || theirs == arg[r, i])
			continue
		print "name " r " " arg[r, i] ": " fn[arch, nr] " calls it " theirs
	}
}

END {
	for (k in fn) {
		split(k, part, SUBSEP)
		if (part[1] == "x86_64" && k in row_of)
			row_of_traced[fn[k]] = row_of[k]
	}
	for (k in fn) {
		split(k, part, SUBSEP)
		if (k in row_of)
			compare(part[1], part[2])
		else if (part[1] != "x32") # leaves out what it has another number for
			print "missing " part[1] " " part[2] ": the kernel has " fn[k] ", nr/" part[1] ".def has not"
	}
	for (k in row_of) {
		split(k, part, SUBSEP)
		if (all && !(k in fn) && part[1] in known)
			print "obsolete " call[k] ": no kernel here has a function for it; it is " part[2] " of " part[1]
	}
}
