# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Recordings of several files, with a source that needs no module: it writes
# "LINXCAP" as a capture begins, six bytes every 5 ms, and "end" at the end of each file.

CAPTURE='LINXCAP of any version'

# complete FILE...: expects that each file is a complete capture.
complete() {
	local f
	for f in "$@"; do
		[ "$(tail -n 1 "$f")" = end ] || broken "$f does not end"
	done
}

files() { printf '%s ' "$@"; }

test_by_size() {
	fake -q -w f -C 512 -n 1
	is_status 0
	[ "$(files f*)" = "f.000001 " ] || broken "-C 512 is not in millions: $(files f*)"
	rm f.*
	fake -q -w f -C 0.5K --for 1s
	is_status 2
	fake_start -q -w f -C 1K
	wait_for test -e f.000003
	kill "$pid"
	fake_end
	is_status 0
	is_silent
	complete f*
	[ "$(stat -c %s f.000001)" -ge 1024 ] && [ "$(stat -c %s f.000001)" -lt 1100 ] || broken "size: $(stat -c %s f.000001)"
	[ "$(stat -c %a f.000002)" = 600 ] || broken "mode: $(stat -c %a f.000002)"
}

# Events that are still in the rings when a file ends count for -n, in whichever file they are written.
test_count_across_files() {
	local n
	# The first file is due to end after 170 blocks of six bytes. Then the 3 events that are still in the rings are
	# written to it, too.
	for n in 170 171 172 173 174 175 400; do
		FAKE=flood fake -q -w f -C 1K -n $n
		is_status 0
		is_silent
		complete f.*
		[ "$(cat f.* | grep -c block)" = $n ] || broken "-n $n: $(grep -c block f.* | tr '\n' ' ')"
		rm f.*
	done
}

# The source that records the next file of -G starts before the source of the former file stops.
test_nothing_falls_between() {
	fake -q -w f -G 1 --for 1500ms
	is_status 0
	[ "$(grep -Ev '^(filter|select)' log | sed 's/ .*//' | tr '\n' ' ')" = \
		"open writer start open writer start stop finish certificate close stop finish certificate close " ] ||
		broken "order: $(tr '\n' ' ' <log)"
	[ "$(files f*)" = "f.000001 f.000002 " ] || broken "files: $(files f*)"
	complete f*
}

test_names_of_the_time() {
	mkdir dir
	fake -q -w 'dir/x-%Y%%.cap' -G 1 --for 1500ms
	is_status 0
	[ "$(files dir/*)" = "dir/x-$(date +%Y)%.cap dir/x-$(date +%Y)%.cap.1 " ] || broken "files: $(files dir/*)"
	complete dir/*
	refuses 2 "not in a directory's name: -w %Y/x: the time can be in the last part alone" -w %Y/x -G 1
	refuses 2 "not in one directory: -w %D: it makes $(date +%D) of the time" -w %D -G 1
	refuses 2 "unknown conversion: -w: %N: write one of strftime(3), or %% for a percent sign" -w x-%N.cap -G 1
	refuses 2 "unknown conversion: -w: %_5Q: write one of strftime(3), or %% for a percent sign" -w x-%_5Q.cap -G 1
	refuses 2 "unknown conversion: -w: %: write one of strftime(3), or %% for a percent sign" -w 50% -G 1
	refuses 2 "a directory: -w dir/: write the name of files in it" -w dir/ -G 1
}

# A file whose name is only the time never replaces an earlier file of that name: a number is appended, both after a
# restart and at a change of files by SIGHUP.
test_the_time_alone_makes_several() {
	local year
	year=$(date +%Y)
	for _ in 1 2; do
		fake -q -w x-%Y -n 1
		is_status 0
		is_silent
	done
	[ "$(files x-*)" = "x-$year x-$year.1 " ] || broken "files: $(files x-*)"
	fake_start -q -w x-%Y
	wait_for grep -q block x-$year.2
	kill -HUP "$pid"
	wait_for grep -q block x-$year.3
	kill "$pid"
	fake_end
	complete x-*
	mkdir %Y
	fake -q -w %Y/x -n 1
	[ "$(files %Y/*)" = "%Y/x " ] || broken "files: $(files %Y/*)"
	refuses 2 "unknown conversion: -w: %: write one of strftime(3), or %% for a percent sign" -w 50%
	refuses 2 "not in a directory's name: -w %Y/%d: the time can be in the last part alone" -w %Y/%d
	refuses 2 "not together: the time in -w and --mode recorder" -w %Y --mode recorder
	refuses 2 "not together: the time in -w and --stats" -w %Y --stats
}

# -W removes only files with names that -w can make, and no files with similar names.
test_names_of_others_stay() {
	touch -d '1 hour ago' lock 12 1234567890 1234567890.1 1234567890.gz
	fake -q -w %s -G 1 -W 1 -n 1
	is_status 0
	[ -e lock ] && [ -e 12 ] && [ -e 1234567890.gz ] && [ ! -e 1234567890 ] && [ ! -e 1234567890.1 ] || broken "files: $(ls)"
	touch -d '1 hour ago' x-2020-13 x-2020-1-1 x-today
	fake -q -w x-%F -G 1 -W 1 -n 1
	[ -e x-2020-13 ] && [ -e x-2020-1-1 ] && [ -e x-today ] || broken "files: $(ls)"
}

test_restart_goes_on() {
	echo "$CAPTURE" >f.000007
	cp f.000007 f.000004
	fake -q -w f -G 1h -n 5
	is_status 0
	[ "$(files f*)" = "f.000004 f.000007 f.000008 " ] || broken "files: $(files f*)"
	gzip f.*
	fake -q -w f -G 1h -n 5
	[ -e f.000009 ] || broken "files: $(files f*)"
	: >"$(date +%Y).gz"
	fake -q -w %Y -G 1h -n 5
	is_status 0
	[ "$(files 2*)" = "$(date +%Y).1 $(date +%Y).gz " ] || broken "files: $(files 2*)"
}

test_two_recorders() {
	fake_start -q -w f -G 1 -W 9
	lone=$pid
	fake -q -w f -G 1h -W 1 --for 1500ms
	is_status 0
	kill "$lone"
	wait "$lone" || broken "status $?"
	complete f*
	[ "$(cat f* | grep -c end)" = "$(files f* | wc -w)" ] || broken "two wrote one file: $(grep -c end f*)"
	fake_start -q -w g
	fake -q -w g -n 1
	is_status 1
	says "cannot write: g: another process records to it: write another name"
	kill "$pid"
	fake_end
	complete g
}

# Files of an earlier run count for the limit of files. A file that has a name of the series, but is not a capture,
# neither counts nor is removed.
test_the_oldest_go() {
	local last
	echo 'no capture' >f.000001
	echo "$CAPTURE" >f.000002
	touch -d '1 hour ago' f.000002
	echo "$CAPTURE" >f.000003.gz.old
	mkdir f.000003
	fake -q -w f -G 1 -W 3 --for 4500ms
	is_status 0
	last=$(files f* | grep -oE '[0-9]+ $') # a busy machine begins fewer files
	last=$((10#${last% }))
	[ "$last" -ge 6 ] || broken "too few files: $(files f*)"
	[ "$(files f*)" = "f.000001 f.000003 f.000003.gz.old f.00000$((last - 2)) f.00000$((last - 1)) f.00000$last " ] || broken "files: $(files f*)"
	[ "$(cat f.000001)" = 'no capture' ] || broken "f.000001 was written to"
}

# Captures of other versions are removed like readable ones. Files that are no captures and directories stay, and do not
# count, although their names are of the series.
test_files_of_other_versions_go() {
	local n
	for n in 1 2 3; do
		printf 'LINXCAP9 unheard of' >f.00000$n
		echo 'no capture' >f.00001$n
		mkdir f.00002$n
	done
	for n in 4 5; do
		fake -q -w f -W 2 -n 1
		is_status 0
	done
	[ "$(files f.*)" = "f.000011 f.000012 f.000013 f.000021 f.000022 f.000023 f.000024 f.000025 " ] ||
		broken "files: $(files f.*)"
	rm f.00002[45]
	{ printf 'LINXCAP9' && head -c 600000 /dev/zero; } >f.000001
	FAKE=lazy fake -q -w f --keep-free 1500K -n 1
	is_status 0
	[ ! -e f.000001 ] || broken "another version's file makes no room"
}

# A file that cannot be removed counts as if it were removed: otherwise newer files would be removed instead of it.
test_what_cannot_go() {
	local n
	[ "$(id -u)" = 0 ] || skip "not root"
	for n in 1 2; do
		echo "$CAPTURE" >f.00000$n
		touch -d "$((4 - n)) hours ago" f.00000$n
		chattr +i f.00000$n 2>/dev/null || { chattr -i f.* 2>/dev/null && skip "no attributes here"; }
	done
	echo "$CAPTURE" >f.000003
	touch -d '1 hour ago' f.000003
	fake -q -w f -W 2 -n 1
	chattr -i f.00000[12]
	is_status 0
	[ "$(files f.*)" = "f.000001 f.000002 f.000003 f.000004 " ] || broken "files: $(files f.*)"
}

test_command_for_complete_files() {
	cat >after <<-'END'
	#!/bin/sh
	[ "$(tail -n 1 "$1")" = end ] && echo "$1 $(sed -n 's/^SigIgn:.//p' /proc/self/status)" >>list
	END
	chmod 755 after
	fake -q -w f -G 1 -z ./after --for 1500ms
	is_status 0
	[ "$(sed 's/ .*//' list | sort | tr '\n' ' ')" = "./f.000001 ./f.000002 " ] || broken "list: $(cat list)"
	# The command that -z runs ignores neither SIGPIPE (bit 12 of SigIgn) nor SIGXFSZ (bit 24).
	[ $((0x$(sed -n '1s/.* //p' list) & 1 << 12)) = 0 ] && [ $((0x$(sed -n '1s/.* //p' list) & 1 << 24)) = 0 ] ||
		broken "ignored: $(cat list)"
	mv after later
	fake -q -w f -G 1h -z ./after -n 2
	is_status 127
	says "command not found: ./after: there is no such file"
	fake -q -w f -G 1h -z later -n 2
	is_status 127
	says "command not found: later: it is in no directory of PATH"
}

test_command_for_files_fails() {
	printf '#!/bin/sh\nrm after\nexit 3\n' >after
	chmod 755 after
	fake_start -q -w f -z ./after
	wait_for grep -q block f.000001
	kill -HUP "$pid"
	wait_for grep -q 'exit status' err
	kill "$pid"
	fake_end
	is_status 0
	[ "$(cat err)" = "linxcap: failed: -z ./after ./f.000001: exit status 3
linxcap: cannot execute: -z ./after: No such file or directory: not run for ./f.000002" ] || broken "err: $(cat err)"
}

# The command for finished files never ends: the recording continues, only a few commands run at a time, and a second
# request to stop ends the wait for them.
test_command_for_files_hangs() { # full
	printf '#!/bin/sh\necho "$1" >>begun\necho $$ >>pids\nexec sleep 1000\n' >after
	chmod 755 after
	fake_start -q -w f -G 1 -z ./after
	wait_for test -e f.000006
	wait_for test "$(wc -l <begun)" = 4
	kill "$pid"
	wait_for grep -q 'waits for' err
	kill "$pid"
	fake_end
	kill $(cat pids)
	is_status 0
	[ "$(sort begun | tr '\n' ' ')" = "./f.000001 ./f.000002 ./f.000003 ./f.000004 " ] || broken "begun: $(cat begun)"
	[ "$(head -n 6 err)" = "linxcap: waits for the end of: -z ./after ./f.000001: interrupt to leave it
linxcap: left running: -z ./after ./f.000001
linxcap: left running: -z ./after ./f.000002
linxcap: left running: -z ./after ./f.000003
linxcap: left running: -z ./after ./f.000004
linxcap: not run: -z ./after ./f.000005" ] || broken "err: $(cat err)"
	complete f.*
}

# The command for finished files never gets an incomplete file, however the recording ended.
test_command_for_complete_files_alone() {
	printf '#!/bin/sh\necho "$1" >>list\n' >after
	chmod 755 after
	(
		ulimit -f 100
		FAKE=flood fake -q -w f -z ./after
		is_status 1
	)
	[ "$(cat err)" = "linxcap: cannot write: ./f.000001: File too large: what was written before is intact
linxcap: not complete: ./f.000001: kept, and not given to -z ./after" ] || broken "err: $(cat err)"
	[ ! -e list ] && [ -s f.000001 ] || broken "a part was given away: $(ls)"
	rm f.*
	FAKE=late fake -q -w f -G 1 -z ./after --for 1500ms
	is_status 1
	[ "$(sort err)" = "linxcap: cannot write: ./f.000001: Input/output error: kept, and not given to -z ./after
linxcap: cannot write: ./f.000002: Input/output error: kept, and not given to -z ./after" ] || broken "err: $(cat err)"
	[ ! -e list ] || broken "what is not on the disk was given away"
	complete f.*
	rm f.*
	FAKE=late fake -w f -G 1 --for 1500ms
	is_status 1
	has err '^linxcap: cannot write: ./f.000001: Input/output error: kept$'
	lacks err 'complete: '
}

# The disk may be slow: while the last file is being synced, the next file is recorded already.
test_nobody_waits_for_the_disk() { # full
	printf '#!/bin/sh\necho "$1" >>list\n' >after
	chmod 755 after
	FAKE=stuck fake_start -w f -G 1 -z ./after
	wait_for grep -q block f.000003
	[ ! -e list ] || broken "given away before it was on the disk"
	lacks err 'complete: '
	kill "$pid"
	wait_for grep -q 'waits for the disk: ./f.000001: interrupt to leave it' err
	touch go
	fake_end
	is_status 0
	has err '^linxcap: complete: ./f.000001$'
	[ "$(sort list)" = "$(ls -d ./f.*)" ] || broken "list: $(cat list)"
	rm go f.* list
	FAKE=stuck fake_start -q -w f -z ./after
	wait_for grep -q block f.000001
	kill "$pid"
	wait_for grep -q 'waits for the disk' err
	kill "$pid"
	wait_for grep -q 'not run' err
	touch go
	fake_end
	has err '^linxcap: left: ./f.000001: it may not be on the disk yet$'
	has err '^linxcap: not run: -z ./after ./f.000001$'
	[ ! -e list ] || broken "it was run"
}

# A user who may write into the directory puts a symbolic link in the place of the next file: the link is not followed.
test_links_are_not_followed() {
	echo precious >victim
	FAKE=swap fake -q -w f -G 1 --for 1500ms
	is_status 0
	[ "$(cat victim)" = precious ] || broken "it was written through the link"
}

# A file in which nothing could be written is removed, and no valid file is removed because of it.
test_full_disk() {
	cat >job <<-'END'
	mkdir disk && mount -t tmpfs -o size=16k tmpfs disk || exit 77
	echo "$CAPTURE" >disk/f.000001
	head -c 100000 /dev/zero >disk/fill 2>/dev/null
	. "$1"
	fake -q -w disk/f -W 2 --for 1s
	fake -q -w disk/f -W 2 --for 1s
	is_status 1
	says "cannot write: disk/f.000002: No space left on device: what was written before is intact"
	[ "$(ls disk | tr '\n' ' ')" = "f.000001 fill " ] || broken "files: $(ls disk)"
	END
	CAPTURE=$CAPTURE LINXCAP=$LINXCAP WORK=$WORK unshare -m bash job "$CLI/functions" >said 2>&1 || {
		[ $? != 77 ] && grep FAILED said || skip "no tmpfs"
		broken "$(cat said)"
	}
}

# Starts that fail leave no files behind.
test_what_never_began() {
	FAKE=unstarted fake -q -w f -G 1h
	is_status 1
	says "no start: fake"
	printf '\177ELF of another machine' >cmd
	chmod +x cmd
	fake -q -w f -G 1h -- ./cmd
	is_status 126
	says "cannot execute: ./cmd: Exec format error"
	[ "$(files f*)" = "f* " ] || broken "left: $(files f*)"
}

# Two sources exist for a moment when a recording changes files. If the memory does not suffice for two, that is
# reported at the start, and not only at the first change of files.
test_rings_for_two() {
	FAKE=narrow fake -q -w f -G 1h --buffer 128M -n 1
	is_status 1
	says "no memory for two: --buffer 128M: the next file has its rings before the one before ends: write --buffer 64M"
	[ "$(files f*)" = "f* " ] || broken "left: $(files f*)"
	FAKE=narrow fake -q -w f -n 1 --buffer 128M
	is_status 0
	rm f
	FAKE=narrow fake -q -w f -G 1 --buffer 64M --for 2500ms
	is_status 0
	is_silent
	[ "$(files f*)" = "f.000001 f.000002 f.000003 " ] || broken "files: $(files f*)"
}

test_room() {
	local n
	echo "$CAPTURE" >f.000001
	touch -d '1 hour ago' f.000001
	# Even if a service is started again and again, no existing file is replaced by an empty one.
	for n in 1 2; do
		fake -q -w f -G 1h -W 1 --keep-free 1000000G -- touch ran
		is_status 1
		says "no room: ./f.000002: less than --keep-free is free, and would be without all older files, too"
		[ "$(files f*)" = "f.000001 " ] || broken "what cannot help went: $(files f*)"
		[ ! -e ran ] || broken "the command ran without a recording"
	done
	fake -q -w f --keep-free 1K -n 5
	is_status 0
}

# The names in a directory that may only be written cannot be listed: an existing name is detected when the file is
# created.
test_names_that_are_not_seen() {
	local n all=$LINXCAP without=
	[ "$(id -u)" != 0 ] || without='setpriv --bounding-set -dac_override,-dac_read_search'
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$without" "$all" >confined
	chmod +x confined
	mkdir drop
	chmod 300 drop
	for n in 1 2 3; do
		LINXCAP=$PWD/confined fake -q -w drop/f -G 1h -n 1
		is_status 0
		LINXCAP=$PWD/confined fake -q -w drop/%Y -G 1h -n 1
		is_status 0
	done
	chmod 700 drop
	n=drop/$(date +%Y)
	[ "$(files drop/*)" = "$n $n.1 $n.2 drop/f.000001 drop/f.000002 drop/f.000003 " ] || broken "files: $(files drop/*)"
}

# Each directory is searched only once for existing names and for files to remove, however many files it has.
test_very_many_files() {
	local n
	for n in $(seq 1001 1200); do
		echo "$CAPTURE" >f.00$n
	done
	FAKE=looks fake -q -w f -W 3 -n 1
	is_status 0
	[ "$(files f*)" = "f.001199 f.001200 f.001201 " ] || broken "files: $(files f*)"
	[ "$(grep -c ^look log)" = 2 ] || broken "looked through $(grep -c ^look log) times"
}

# Some file systems show the space of a removed file as free only later: even then no more files are removed than
# necessary.
test_room_that_shows_later() {
	local n
	for n in 1 2 3 4; do
		{ echo "$CAPTURE" && head -c 300000 /dev/zero; } >f.00000$n
		touch -d "$((5 - n)) hours ago" f.00000$n
	done
	FAKE=lazy fake -q -w f --keep-free 1500K --for 2500ms
	is_status 0
	is_silent
	[ "$(files f*)" = "f.000003 f.000004 f.000005 " ] || broken "files: $(files f*)"
	# the hard link keeps the data, so removing the file frees no space
	ln f.000003 kept
	FAKE=lazy fake -q -w f --keep-free 1200K --for 1500ms
	is_status 0
	[ "$(files f*)" = "f.000005 f.000006 " ] || broken "files: $(files f*)"
}

test_hangup_reloads() {
	echo '{"open_params": {"filter_pids": []}}' >config
	fake_start -q -w f -W 9 --config config
	wait_for grep -q block f.000001
	kill -HUP "$pid"
	wait_for grep -q block f.000002
	complete f.000001
	echo 'nonsense' >config
	kill -HUP "$pid"
	wait_for grep -q block f.000003
	has err '^linxcap: not reloaded: .*config:1'
	kill "$pid"
	fake_end
	is_status 0
	complete f.*
}

# The configuration is read again on SIGHUP and applies to the source that is running.
test_hangup_takes_the_new_configuration() {
	echo '{"open_params": {"drop_failed": "false"}}' >config
	fake_start -q -w f -W 9 --config config
	echo '{"open_params": {"drop_failed": "true"}}' >config
	kill -HUP "$pid"
	wait_for grep -q block f.000002
	kill "$pid"
	fake_end
	[ "$(grep -c '^filter status=0' log) $(grep -c '^filter status=2' log)" = "1 1" ] || broken "$(grep filter log)"
}

# The recording continues unchanged if the module refuses the new configuration.
test_hangup_with_what_the_module_refuses() {
	echo '{"open_params": {"drop_failed": "false"}}' >config
	FAKE=picky fake_start -q -w f -G 1 --config config
	echo '{"open_params": {"drop_failed": "true"}}' >config
	wait_for grep -q block f.000001
	kill -HUP "$pid"
	wait_for grep -q block f.000004
	kill "$pid"
	fake_end
	is_status 0
	[ "$(cat err)" = "linxcap: the module refuses: fake
linxcap: not reloaded: goes on with what was set before" ] || broken "err: $(cat err)"
	complete f.*
}

test_next_file_cannot_be_begun() {
	mkdir dir
	fake_start -w dir/f -W 9
	wait_for grep -q block dir/f.000001
	mv dir gone
	kill -HUP "$pid"
	wait_for grep -q 'goes on in the old file' err
	kill "$pid"
	fake_end
	is_status 0
	complete gone/f.000001
}

test_what_does_not_go_together() {
	refuses 2 "missing file: -C: write -w FILE: several files are for captures" -C 10
	refuses 2 "missing file: -G: write -w FILE: several files are for captures" -G 10 -w -
	refuses 2 "not together: --keep-free and --mode recorder" --keep-free 1M -w f --mode recorder
	refuses 2 "not together: -C and --stats" -C 1 -w f --stats
	refuses 2 "not a count: -W 0: write a number of files from 1 on" -W 0 -w f
	refuses 2 "impossible duration: -G 10ms: write one second or more" -G 10ms -w f
}

test_service_manager_hears() {
	perl -MSocket -e1 2>/dev/null || skip "no perl with Socket.pm"
	cat >listen <<-'END'
	use Socket;
	$| = 1;
	socket(S, AF_UNIX, SOCK_DGRAM, 0) && bind(S, pack_sockaddr_un("socket")) or die;
	do { recv(S, $m, 1000, 0); print "$m\n" } until $m =~ /STOPPING/;
	END
	perl listen >heard &
	wait_for test -S socket
	export NOTIFY_SOCKET=$PWD/socket WATCHDOG_USEC=600000
	fake_start -q -w f -G 1h
	unset NOTIFY_SOCKET WATCHDOG_USEC
	wait_for grep -q WATCHDOG heard
	kill -HUP "$pid"
	wait_for grep -q RELOADING heard
	kill "$pid"
	fake_end
	wait_for grep -q STOPPING heard
	[ "$(sed 's/[0-9]*$//' heard | uniq | grep -v WATCHDOG | tr '\n' ' ')" = "READY= RELOADING= MONOTONIC_USEC= READY= STOPPING= " ] ||
		broken "heard: $(cat heard)"
}
