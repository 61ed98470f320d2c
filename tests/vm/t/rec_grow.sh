#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A table of descriptors that grows while a probe walks over it does not hold up the probe.
# quick
# arches: arm64
exec /job/prog/rec_grow
