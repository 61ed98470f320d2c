#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# As t/probe_driver, by the engine bpf: a probe by kprobe.multi keeps the driver loaded, others end with it.
# full
# with: driver
# with: driver:next
# timeout: 600
. "$JOB/guest/cap.sh"
. "$JOB/guest/driver.sh"
cd /tmp || exit 1

case $(uname -r) in
5.*) skip "engine bpf has probes from Linux 5.17 on" ;;
esac
multi=no
! grep -aq bpf_kprobe_multi_link /sys/kernel/btf/vmlinux || multi=yes
two_versions bpf
comes_and_goes bpf $multi 'kprobe:driver:linx_driver_open($2:s32)'
comes_and_goes bpf no 'kretprobe:driver:linx_driver_open($2:s32) => ret:s32'
comes_and_goes bpf no 'kprobe:driver:linx_driver_open(%si)'
