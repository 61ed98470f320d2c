#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A million random ioctls on linx's device, from a seed that is printed.
# slow
# timeout: 1500
exec /job/prog/dev_random "$(date +%s)" 1000000
