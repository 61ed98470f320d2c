#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Functions of interrupts and softirqs, a hundred thousand hits in a second, on a CPU that makes calls all the time.
# full
# with: probed
# timeout: 200
exec /job/prog/probe_interrupts /job/probed.ko
