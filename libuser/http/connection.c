// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>

#include "http/connection.h"

#define OF(member, one) ((struct linx_connection *)((char *)(one) - offsetof(struct linx_connection, member)))

int linx_connections_new(struct linx_connections *t, unsigned int max)
{
	int ret = linx_id_map_new(&t->by_socket);

	t->max = max;
	if (!ret)
		ret = linx_id_map_new(&t->by_user);
	return ret;
}

void linx_connections_free(struct linx_connections *t)
{
	linx_id_map_free(&t->by_socket);
	linx_id_map_free(&t->by_user);
}

struct linx_connection *linx_connection_by_socket(const struct linx_connections *t, uint64_t number)
{
	struct linx_numbered *one = linx_id_map_find(&t->by_socket, number);

	return one ? OF(by_socket, one) : NULL;
}

struct linx_connection *linx_connection_by_user(const struct linx_connections *t, uint64_t number)
{
	struct linx_numbered *one = linx_id_map_find(&t->by_user, number);

	return one ? OF(by_user, one) : NULL;
}

static void link_newest(struct linx_connections *t, struct linx_connection *c)
{
	c->older = t->newest;
	c->newer = NULL;
	if (t->newest)
		t->newest->newer = c;
	else
		t->oldest = c;
	t->newest = c;
}

static void unlink_one(struct linx_connections *t, struct linx_connection *c)
{
	if (c->newer)
		c->newer->older = c->older;
	else
		t->newest = c->older;
	if (c->older)
		c->older->newer = c->newer;
	else
		t->oldest = c->newer;
}

struct linx_connection *linx_connection_new(struct linx_connections *t, uint64_t socket)
{
	struct linx_connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->requests = LINX_HTTP_DIR_UNKNOWN;
	c->last = &c->first;
	c->gaps = t->gaps;
	linx_id_map_set(&t->by_socket, &c->by_socket, socket);
	link_newest(t, c);
	t->n++;
	linx_connection_account(t, c);
	return c;
}

void linx_connection_use(struct linx_connections *t, struct linx_connection *c, uint64_t user)
{
	c->closed_at = 0;
	if (c->by_user.number != user)
		linx_id_map_set(&t->by_user, &c->by_user, user);
	if (t->newest == c)
		return;
	unlink_one(t, c);
	link_newest(t, c);
}

void linx_connection_account(struct linx_connections *t, struct linx_connection *c)
{
	size_t memory = sizeof(*c);

	for (unsigned int i = 0; i < LINX_HTTP_DIRS; i++)
		memory += linx_http_parser_memory(&c->parser[i]);
	for (const struct linx_exchange *x = c->first; x; x = x->next)
		memory += linx_exchange_memory(x);
	if (c->early)
		memory += linx_exchange_memory(c->early);
	t->memory += memory - c->memory;
	c->memory = memory;
}

struct linx_exchange *linx_connection_pop(struct linx_connection *c)
{
	struct linx_exchange *x = c->first;

	if (!x)
		return NULL;
	c->first = x->next;
	if (!c->first)
		c->last = &c->first;
	c->waiting--;
	x->next = NULL;
	return x;
}

void linx_connection_push(struct linx_connection *c, struct linx_exchange *x)
{
	*c->last = x;
	c->last = &x->next;
	c->waiting++;
}

void linx_connection_free(struct linx_connections *t, struct linx_connection *c)
{
	linx_id_map_set(&t->by_socket, &c->by_socket, 0);
	linx_id_map_set(&t->by_user, &c->by_user, 0);
	unlink_one(t, c);
	t->n--;
	t->memory -= c->memory;
	for (unsigned int i = 0; i < LINX_HTTP_DIRS; i++)
		linx_http_parser_free(&c->parser[i]);
	free(c);
}
