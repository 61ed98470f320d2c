#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random ioctls do no harm.
# arches: arm64
exec /job/prog/dev_random
