/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ends the program if a condition does not hold. */
#ifndef LINX_MODEL_CHECK_H
#define LINX_MODEL_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(x)                                               \
	do {                                                   \
		if (!(x)) {                                    \
			printf("line %d: %s\n", __LINE__, #x); \
			exit(EXIT_FAILURE);                    \
		}                                              \
	} while (0)

#endif
