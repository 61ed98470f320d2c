#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who may open the device, and what may be mapped how.
# quick
# arches: arm64
exec /job/prog/dev_rights
