# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Programs that need a part of their CPU. To be sourced after guest/cap.sh, in a directory that may be written to; uses
# descriptor 3.

mkfifo never
exec 3<>never
loops=

# burn CPU...: keeps these CPUs busy, without a call that is recorded. $loops has the ids of the busy processes.
burn() { # CPU...
	local cpu
	for cpu; do
		(
			taskset -p -c "$cpu" "$BASHPID" >/dev/null
			while :; do
				for ((j = 0; j < 5000; j++)); do :; done
				read -r -t 0.2 <&3
			done
		) &
		loops+=" $!"
	done
}

# every_cpu: prints the numbers of all CPUs.
every_cpu() { seq 0 $(($(nproc) - 1)); }
