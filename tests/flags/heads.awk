# SPDX-License-Identifier: LGPL-2.1-or-later
# The head of each set of libuser/table/flags: "from SET PREFIX HEADER ...", HEADER
# being - for what is not in the uapi headers ("linux/net.h (kernel)", another release).
# The line above FLAGS() or CONSTS() names the headers.

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
