# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints complaints "KEY: what is wrong", except those for which a reason is listed; with -v stale=1 also the listed
# reasons that match no complaint any more.
# usage: awk -f explain.awk [-v stale=1] REASONS COMPLAINTS
# REASONS holds lines "KEY: why"; others begin with # or are empty. A * in a key
# stands for any text.

function cut(line) { return substr(line, 1, index(line, ": ") - 1) }

function pattern(key) {
	gsub(/[].?+(){}|^$\\[]/, "\\\\&", key)
	gsub(/\*/, ".*", key)
	return "^" key "$"
}

# All matching reasons count as used, because the order of "for in" differs between awks.
function explained(key,   i, found) {
	if (key in why) {
		used[key] = 1
		return 1
	}
	for (i in patterns)
		if (key ~ patterns[i]) {
			used[i] = 1
			found = 1
		}
	return found
}

NR == FNR {
	if (/^#/ || !NF)
		next
	key = cut($0)
	if (key == "" || $0 ~ /: *$/)
		print "not KEY: REASON: " $0
	why[key] = $0
	if (key ~ /\*/)
		patterns[key] = pattern(key)
	next
}

!explained(cut($0)) { print }

END {
	if (stale)
		for (key in why)
			if (!(key in used))
				print "the reason for \"" key "\" explains nothing any more"
}
