#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Device, inode and path of a recorded working directory belong to one moment, although other tasks replace the
# directory meanwhile.
# full
# timeout: 60
# arches: arm64
exec /job/prog/rec_cwd
