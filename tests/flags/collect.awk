# SPDX-License-Identifier: LGPL-2.1-or-later
# Names that may be constants out of a header, as `cc -E -dD` has it: macros
# without parameters and enumerators. -v header=linux/fs.h: what it includes is
# left out. Prints "NAME KIND", KIND being "io" for an ioctl command, "macro", or the
# first name of its enum.

function candidate(name, kind) {
	if (!(name in seen)) {
		seen[name] = 1
		print name, kind
	}
}

# Enumerators of the text between the braces of an enum, which may go over many lines.
function enumerators(text,   n, part, i, name, first) {
	gsub(/\([^()]*\)/, "", text)
	gsub(/\([^()]*\)/, "", text)
	n = split(text, part, ",")
	for (i = 1; i <= n; i++) {
		name = part[i]
		sub(/=.*/, "", name)
		gsub(/[ \t]/, "", name)
		if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/)
			candidate(name, first == "" ? first = name : first)
	}
}

/^# [0-9]+ "/ {
	file = $3
	gsub(/"/, "", file)
	own = length(file) >= length(header) && substr(file, length(file) - length(header) + 1) == header
	next
}

!own { next }

/^#define / {
	if ($2 !~ /\(/ && NF > 2 && $3 != $2)
		candidate($2, $0 ~ /[^A-Z_a-z]_IO[WR]*[ \t]*\(/ ? "io" : "macro")
	next
}

/^#/ { next }

{
	line = line " " $0
	while (match(line, /(^|[^A-Za-z0-9_])enum([ \t]+[A-Za-z0-9_]+)?[ \t]*\{[^}]*\}/)) {
		text = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		sub(/^[^{]*\{/, "", text)
		sub(/\}$/, "", text)
		enumerators(text)
	}
	if (line !~ /(^|[^A-Za-z0-9_])enum/ || line ~ /;[ \t]*$/ && line !~ /\{/)
		line = ""
}
