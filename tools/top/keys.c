// SPDX-License-Identifier: LGPL-2.1-or-later
/* The keys of linxcap top: see top/keys.def. */
#include <stddef.h>

#include "base/array_size.h"
#include "top/keys.h"
#include "top/screen.h"

#define KEY(code, name, action, label, text) { code, name, TOP_##action, label, text },
static const struct top_key keys[] = {
#include "top/keys.def"
};
#undef KEY

const struct top_key *top_key_get(unsigned int i)
{
	return i < ARRAY_SIZE(keys) ? &keys[i] : NULL;
}

enum top_action top_key_action(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].code == code)
			return keys[i].action;
	return TOP_NONE;
}
