#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each ioctl with each thing wrong, one at a time.
# quick
exec /job/prog/dev_ioctl
