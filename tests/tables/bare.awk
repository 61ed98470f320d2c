# SPDX-License-Identifier: LGPL-2.1-or-later
# Finds arguments that are pointers of which no memory is captured or shown: an address is printed where strace shows
# the memory. Input, in this order: the words of the structures in syscalls.def, each as "structure WORD"; "pointer ROW
# NAME" of tests/tables/kernels; "row ROW NAME:TYPE:CAPTURE ..." of tests/tables/tables.c. Prints "bare ROW NAME: why".

BEGIN {
	split("addr hex hex32 int uint long ulong size off unused", words, " ")
	for (i in words)
		number[words[i]] = 1
}

$1 == "structure" { structure[$2] = 1 }
$1 == "pointer" { pointer[$2, $3] = 1 }

$1 == "row" {
	for (i = 3; i <= NF; i++) {
		split($i, part, ":")
		if (part[3] != "V" && part[2] in number)
			print "bare " $2 " " part[1] ": captured (" part[3] "), and shown as a number (" part[2] ")"
		if (part[3] != "V" || part[2] == "unused")
			continue
		if (part[2] == "addr")
			print "bare " $2 " " part[1] ": an address, and nothing of what is there"
		else if (part[2] in structure)
			print "bare " $2 " " part[1] ": the structure " part[2] " is not captured"
		else if (($2, part[1]) in pointer)
			print "bare " $2 " " part[1] ": a pointer to the kernel, " part[2] " here"
	}
}
