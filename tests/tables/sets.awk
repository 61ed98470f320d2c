# SPDX-License-Identifier: LGPL-2.1-or-later
# Checks a file of libuser/table/flags (-v file=NAME): every set has a comment above it that names its header, and ends
# before the next set begins. Prints each error.

function wrong(what) { print file ":" FNR ": " what }

/^(FLAGS|CONSTS)\(/ {
	if (open != "")
		wrong(open " is not closed by END(" open ")")
	open = $0
	sub(/^[A-Z]*\(/, "", open)
	sub(/,.*/, "", open)
	sets++
	if (before !~ /^\/\*.*\*\/$/)
		wrong("the line above " open " has to name the header")
}

/^END\(/ {
	if ($0 != "END(" open ")")
		wrong($0 " does not close " (open == "" ? "a set" : open))
	open = ""
}

/^(C|CT|F|Z|N)\(/ && open == "" { wrong($0 " is in no set") }

{ before = $0 }

END {
	if (open != "")
		wrong(open " is not closed by END(" open ")")
	if (!sets)
		print file ": no set"
}
