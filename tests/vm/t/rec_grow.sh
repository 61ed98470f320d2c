#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A descriptor table that grows during a probe's walk does not hold up the probe.
# quick
# arches: arm64
exec /job/prog/rec_grow
