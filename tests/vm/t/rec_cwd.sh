#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The recorded working directory belongs to one moment, though other tasks replace it meanwhile.
# timeout: 60
# arches: arm64
exec /job/prog/rec_cwd
