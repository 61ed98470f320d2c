#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The module is loaded and unloaded a thousand times under a storm, with sessions and mappings.
# slow
# timeout: 1500
exec /job/prog/ring_unload 1000
