#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The record of an opened file says whether the call created the file: evt.is_open_create is true for those files alone,
# with and without paths of all descriptors.
# kernels: 5.10 7.2
. "$JOB/guest/cap.sh"
need_paths

cat >/tmp/rules.yaml <<-'END'
	- rule: Created
	  desc: d
	  condition: evt.type in (open, openat, openat2, creat) and evt.is_open_create = true and evt.arg.flags contains O_F_CREATED and evt.arg.name startswith /tmp/made
	  output: "%evt.arg.name"
	  priority: DEBUG
END

# created OPTION...: compares the files that the rule names with those that were created.
created() {
	rm -rf /tmp/made
	mkdir /tmp/made
	lx -q "$@" --rules /tmp/rules.yaml -- sh -c 'cd /tmp/made; echo >a; echo >a; echo >>a; cat a >b; ln -s none l; echo >l; echo >l; echo >x/y; true'
	is "$*: status ($(cat err))" "$status" 0
	is "files that were created, $*" "$(sed 's/.* Debug //' out | xargs)" '/tmp/made/a /tmp/made/b /tmp/made/l'
}

cd /tmp || exit 1
created
created -yy
