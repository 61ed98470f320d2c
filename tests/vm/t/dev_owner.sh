#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A session ends with its owner.
exec /job/prog/dev_owner
