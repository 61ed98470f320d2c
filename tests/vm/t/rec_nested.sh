#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What an interrupt's probe gives up is told where it happened.
# full
# mem: 3G
# timeout: 120
exec /job/prog/rec_nested
