#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The record of an opened file says whether the call created the file: evt.is_open_create is true for those files alone,
# with the module, with and without paths of all descriptors, and with the engine bpf.
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

# created ENGINE OPTION...: compares the files that the rule names with those that were created.
created() {
	local engine=$1
	shift
	rm -rf /tmp/made
	mkdir /tmp/made
	lx -q --engine "$engine" "$@" --rules /tmp/rules.yaml -- sh -c 'cd /tmp/made; echo >a; echo >a; echo >>a; cat a >b; ln -s none l; echo >l; echo >l; echo >x/y; true'
	is "$engine $*: status ($(cat err))" "$status" 0
	is "$engine $*" "$(sed 's/.* Debug //' out | xargs)" '/tmp/made/a /tmp/made/b /tmp/made/l'
}

cd /tmp || exit 1
created kmod
created kmod -yy
created kmod -e trace=openat
case $(uname -r) in
5.10*) ;; # the second object file of the engine bpf is tested by cap_bpf_*
*)
	rmmod linx || fail "rmmod"
	created bpf
	created bpf -yy
	;;
esac
