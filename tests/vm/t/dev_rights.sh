#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rights to open linx's device and to map its parts.
# quick
# arches: arm64
exec /job/prog/dev_rights
