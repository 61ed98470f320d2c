#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A thousand times loaded and unloaded under a storm, with sessions and mappings.
# slow
# timeout: 1500
exec /job/prog/ring_unload 1000
