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

# watched_cpus: prints the numbers of the CPUs on which canaries are made: all that are not isolated.
watched_cpus() {
	local -A left=()
	local cpu range
	for cpu in $(every_cpu); do left[$cpu]=1; done
	# a list such as 1,4-7; without isolated CPUs an empty line, or (null)
	for range in $(cat /sys/devices/system/cpu/{isolated,nohz_full} 2>/dev/null | tr ',' '\n' | grep '^[0-9]'); do
		for cpu in $(seq "${range%-*}" "${range#*-}"); do unset "left[$cpu]"; done
	done
	printf '%s\n' "${!left[@]}" | sort -n
}
