# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints the prototypes of system calls from the kernel's preprocessed headers, as "prototype FAMILY FUNCTION NAME:KIND
# ..." (-v family=x86) where NAME is ? if the header has none, and KIND is "pointer", "wide" (always 64 bits) or
# "value".

function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }

# Returns the last word of a parameter, which is its name, unless the parameter is only a type.
function name_of(param,   words, n) {
	gsub(/\*/, " * ", param)
	sub(/\[[^]]*\]/, "", param)
	n = split(trim(param), words, /[ \t]+/)
	if (n < 2 || words[n] == "*" || words[n] ~ /^(int|long|short|char|unsigned|const|__user)$/)
		return "?"
	if (words[n - 1] ~ /^(struct|union|enum)$/)
		return "?"
	return words[n]
}

function kind_of(param) {
	if (param ~ /[*[]/)
		return "pointer"
	return param ~ /(^|[ \t])(loff_t|u64|__u64|long long)([ \t]|$)/ ? "wide" : "value"
}

function prototype(text,   name, params, n, i, part, out) {
	name = text
	sub(/[ \t]*\(.*/, "", name)
	sub(/.*[ \t*]/, "", name)
	params = text
	sub(/^[^(]*\(/, "", params)
	sub(/\)[^)]*$/, "", params)
	params = trim(params)
	out = "prototype " family " " name
	if (params != "void" && params != "") {
		n = split(params, part, ",")
		for (i = 1; i <= n; i++)
			out = out " " name_of(part[i]) ":" kind_of(part[i])
	}
	print out
}

/^#/ { next }
/asmlinkage/ {
	text = ""
	on = 1
}
on {
	text = text " " $0
	if ($0 ~ /;/) {
		on = 0
		sub(/;.*/, "", text)
		prototype(text)
	}
}
