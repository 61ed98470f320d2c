#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The module is unloaded under load, and unloading is refused while a session exists.
# full
# timeout: 180
# arches: arm64
exec /job/prog/ring_unload
