#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Paths that take long: what one call tells of them is bounded, and what a snapshot does.
# full
# timeout: 180
exec /job/prog/rec_chain
