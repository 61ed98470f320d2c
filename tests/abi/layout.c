/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interface headers alone, as C. */
#include "layout.h"
