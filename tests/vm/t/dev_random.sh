#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random ioctls on linx's device do no harm.
# full
# arches: arm64
exec /job/prog/dev_random
