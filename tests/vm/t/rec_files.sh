#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What records tell of changes of a table of descriptors is what /proc says of it.
# quick
exec /job/prog/rec_files
