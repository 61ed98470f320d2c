#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Records describe descriptors, and the module keeps no reference to them.
# quick
# arches: arm64
exec /job/prog/rec_fd
