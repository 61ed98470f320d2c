# SPDX-License-Identifier: LGPL-2.1-or-later
# Completes a manual page by the table of subcommands: @SUBCOMMANDS@ becomes a paragraph for each row, @PAGES@ a
# reference to the page of each subcommand except help, which has no page.
# usage: awk -f tools/man/subcommands.awk tools/cmd/subcommands.def PAGE

function roff(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text
}

function paragraphs(	i) {
	for (i = 1; i <= n; i++) {
		printf ".TP\n.B %s\n", name[i]
		if (name[i] == "help")
			print "\\&" roff(what[i])
		else
			printf "\\&%s\n.RB ( linxcap\\-%s (1)).\n", roff(what[i]), name[i]
	}
}

function references(	i) {
	for (i = 1; i <= n; i++)
		if (name[i] != "help")
			printf ".BR linxcap\\-%s (1),\n", name[i]
}

/^SUBCOMMAND\(/ {
	name[++n] = $0
	sub(/^SUBCOMMAND\(/, "", name[n])
	sub(/,.*/, "", name[n])
	what[n] = $0
	sub(/^[^"]*"/, "", what[n])
	sub(/"\)$/, "", what[n])
}
FNR == NR { next }
/^@SUBCOMMANDS@$/ { paragraphs(); next }
/^@PAGES@$/ { references(); next }
{ print }
