#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each ioctl of linx's device with each kind of wrong argument, one at a time.
# quick
# arches: arm64
exec /job/prog/dev_ioctl
