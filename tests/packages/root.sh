# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Functions for a clean Debian of another suite in build/packages/SUITE/root: they run commands in it, install its
# packages, list the kernels that it can have, and boot it.

# The root has no package of linx: the packages must pull in their needs by their own dependencies.
BASE_PACKAGES=ca-certificates,systemd-sysv,udev,kmod,initramfs-tools,e2fsprogs

root_sources() { # SUITE: as the machine's own apt has them
	apt_update "$1"
	cat "$(apt_dir "$1")/sources.list"
}

# Makes the base of the root. It is stored in $LINX_DOWNLOADS/suites/SUITE/base.tar, and fetched packages in archives/
# beside it.
root_base() { # SUITE
	local d=$LINX_DOWNLOADS/suites/$1
	mkdir -p "$d/archives"
	root_sources "$1" >"$d/sources.list"
	[ ! -e "$d/base.tar" ] || return 0
	say "  making a clean root of Debian $1"
	mmdebstrap --variant=minbase --include="$BASE_PACKAGES" \
		--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Languages "none"' \
		"$1" "$d/new-base.tar" "$d/sources.list" >"$d/base.log" 2>&1 ||
		die "no root of $1 (log: $(short "$d/base.log"))"
	mv "$d/new-base.tar" "$d/base.tar"
}

# Makes the root for a run from a copy of the base.
root_make() { # SUITE
	local d=$LINX_BUILD/packages/$1
	mkdir -p "$d"
	with_downloads root_base "$1"
	root_remove "$d/root"
	mkdir "$d/root"
	tar -x -C "$d/root" --numeric-owner -f "$LINX_DOWNLOADS/suites/$1/base.tar"
	rm -f "$d/root/etc/resolv.conf"
	cp -L /etc/resolv.conf "$d/root/etc/resolv.conf"
	apt-config dump | grep -i '^Acquire::.*proxy' >"$d/root/etc/apt/apt.conf.d/90proxy" || true
}

root_remove() { [ ! -e "$1" ] || rm -rf --one-file-system "$1"; }

inside() { in_root "$ROOT" env DEBIAN_FRONTEND=noninteractive "$@"; }

inside_apt() { # apt-get's words; packages are fetched once for all runs. AS: a command that runs apt-get
	local archives=$LINX_DOWNLOADS/suites/$SUITE/archives rc=0
	cp -n "$archives"/*.deb "$ROOT/var/cache/apt/archives/" 2>/dev/null || true
	inside ${AS:-} apt-get -y --no-install-recommends -o APT::Keep-Downloaded-Packages=true "$@" || rc=$?
	cp -n "$ROOT"/var/cache/apt/archives/*.deb "$archives/" 2>/dev/null || true
	return $rc
}

# Prints the version of each cloud kernel of the suite that has a package of headers, oldest first.
root_kernels() {
	inside apt-cache pkgnames linux-headers- | sed -n 's/^linux-headers-\([0-9].*-cloud-amd64\)$/\1/p' | sort >"$WORK/headers"
	inside apt-cache pkgnames linux-image- | sed -n 's/^linux-image-\([0-9].*-cloud-amd64\)$/\1/p' | sort |
		comm -12 - "$WORK/headers" | sort -V
}

# Prints the name of every file in the root, except files that only log installations. After a removal these names must
# be the same as before the installation.
root_names() {
	(cd "$ROOT" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./var/cache -o -path ./var/log \
		-o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./src \) -prune -o -print | sort)
}

# Boots the root from a copy, with its own kernel, initrd and systemd. At the end of the boot, SCRIPT runs with ARGUMENT
# in the guest. Prints the output of SCRIPT.
root_boot() { # KERNEL SCRIPT ARGUMENT
	local image=$WORK/disk
	cp "$2" "$ROOT/linx-job"
	cat >"$ROOT/etc/systemd/system/linx-job.service" <<-END
	[Unit]
	After=multi-user.target
	[Service]
	Type=oneshot
	StandardOutput=file:/dev/ttyS1
	StandardError=inherit
	ExecStart=/bin/sh /linx-job $3
	ExecStopPost=/bin/systemctl poweroff --force --force
	[Install]
	WantedBy=default.target
	END
	inside systemctl -q enable linx-job.service 2>/dev/null
	echo '/dev/vda / ext4 defaults 0 1' >"$ROOT/etc/fstab"
	rm -f "$image"
	truncate -s 4G "$image"
	mke2fs -q -t ext4 -d "$ROOT" "$image"
	rm "$ROOT/linx-job" "$ROOT/etc/systemd/system/linx-job.service" "$ROOT"/etc/systemd/system/*.wants/linx-job.service "$ROOT/etc/fstab"
	: >"$WORK/job-output"
	${QEMU_WRAP:-} "$(limit_program)" 2400 "$(emulator x86_64)" -accel tcg,thread=single -cpu max -smp 2 -m 2G -display none -no-reboot \
		-nodefaults -no-user-config -monitor none \
		-serial "file:$WORK/console" -serial "file:$WORK/job-output" \
		-drive "file=$image,if=virtio,format=raw,cache=unsafe" \
		-kernel "$ROOT/boot/vmlinuz-$1" -initrd "$ROOT/boot/initrd.img-$1" \
		-append "root=/dev/vda rw console=ttyS0 quiet panic=-1 oops=panic no_timer_check systemd.show_status=0" \
		</dev/null >"$WORK/qemu.err" 2>&1 || true
	rm -f "$image"
	tr -d '\r' <"$WORK/job-output"
	grep -q '^linx-job: end' "$WORK/job-output" || {
		tail -n 30 "$WORK/console"
		return 1
	}
}
