#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What records tell of descriptors, and that they keep none of them.
# quick
# arches: arm64
exec /job/prog/rec_fd
