# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints the head of each set in libuser/table/flags as "from SET PREFIX HEADER ...". HEADER is - if it is not a uapi
# header ("linux/net.h (kernel)", another release). The line above FLAGS() or CONSTS() names the headers.

/^(FLAGS|CONSTS)\(/ {
	set = prefix = $0
	sub(/^[A-Z]*\(/, "", set)
	sub(/,.*/, "", set)
	sub(/^[^,]*, */, "", prefix)
	sub(/\).*/, "", prefix)
	gsub(/^\/\* *| *\*\/$/, "", head)
	n = split(head, part, /, */)
	list = head ~ /\(/ ? " -" : ""
	for (i = 1; i <= n; i++)
		list = list " " (part[i] ~ /^[A-Za-z0-9_\/-]+\.h$/ ? part[i] : "-")
	print "from", set, prefix list
}

{ head = $0 }
