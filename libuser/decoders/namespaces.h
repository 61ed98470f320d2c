/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Support of strace --namespace=new: the ids of the namespaces that a call made its task, or a child, enter. */
#ifndef LINX_NAMESPACES_H
#define LINX_NAMESPACES_H

#include "value/emit.h"

/*
 * Writes the ids of the namespaces that a successful call entered or made, behind its result; nothing for other calls.
 */
void linx_put_new_namespaces(struct linx_put *p);

#endif
