/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A FUSE file system whose server is this program. The server's table says which number and generation each file has. */
#ifndef FUSE_SERVE_H
#define FUSE_SERVE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct fuse_node {
	char name[16];
	uint64_t parent, id; /* ids of FUSE's own; that of the root is FUSE_ROOT_ID */
	uint64_t ino, generation;
	uint32_t mode;
};

struct fuse_served {
	uint64_t valid; /* seconds for which the kernel may keep an answer about a name */
	uint64_t size; /* size of each file */
	const char *text; /* content of each file; NULL: reads get no answer */
	uint32_t count;
	struct fuse_node nodes[8];
};

/* Mounts the file system. Returns the server's descriptor, or -1. */
static inline int fuse_mount(const char *path)
{
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[64];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	mkdir(path, 0700);
	return fuse < 0 || mount("fuse", path, "fuse", 0, options) ? -1 : fuse;
}

static inline struct fuse_attr fuse_attr_of(const struct fuse_served *s, const struct fuse_node *n)
{
	return (struct fuse_attr){ .ino = n->ino, .size = s->size, .mode = n->mode, .nlink = 1 };
}

/* Finds a node: by name in the directory "id", or by its id if the name is NULL or ".". The root is always there. */
static inline const struct fuse_node *fuse_find(const struct fuse_served *s, uint64_t id, const char *name)
{
	static const struct fuse_node root = { .id = FUSE_ROOT_ID, .ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755 };
	bool itself = !name || !strcmp(name, ".");

	for (const struct fuse_node *n = s->nodes; n < s->nodes + s->count; n++)
		if (itself ? n->id == id : n->parent == id && !strcmp(n->name, name))
			return n;
	return itself && id == FUSE_ROOT_ID ? &root : NULL;
}

struct fuse_answer {
	struct fuse_out_header head;
	union {
		struct fuse_init_out init;
		struct fuse_entry_out entry;
		struct fuse_attr_out attr;
		struct fuse_open_out open;
		char text[64];
	};
};

/* Fills in an answer about a node. Returns the size of what follows the header. */
static inline uint32_t fuse_describe(const struct fuse_served *s, const struct fuse_in_header *in, const char *name, struct fuse_answer *out)
{
	const struct fuse_node *n = fuse_find(s, in->nodeid, name);

	if (!n) {
		out->head.error = -ENOENT;
		return 0;
	}
	if (in->opcode == FUSE_GETATTR) {
		out->attr = (struct fuse_attr_out){ .attr_valid = s->valid, .attr = fuse_attr_of(s, n) };
		return sizeof(out->attr);
	}
	out->entry = (struct fuse_entry_out){ .nodeid = n->id, .generation = n->generation, .attr_valid = s->valid,
					      .entry_valid = s->valid, .attr = fuse_attr_of(s, n) };
	return sizeof(out->entry);
}

static inline uint32_t fuse_read(const struct fuse_served *s, const struct fuse_read_in *in, struct fuse_answer *out)
{
	uint32_t len = in->offset ? 0 : (uint32_t)strlen(s->text);

	memcpy(out->text, s->text, len);
	return len;
}

/* Takes a request of the kernel and answers it. Returns false when the file system has ended, or the requester. */
static inline bool fuse_serve(int fuse, const struct fuse_served *s)
{
	static union {
		struct fuse_in_header head;
		char bytes[1 << 17];
	} in;
	static struct fuse_answer out;
	const void *rest = in.bytes + sizeof(in.head);
	uint32_t size = 0;

	if (read(fuse, &in, sizeof(in)) < (ssize_t)sizeof(in.head))
		return false;
	memset(&out, 0, sizeof(out));
	switch (in.head.opcode) {
	case FUSE_INIT:
		out.init = (struct fuse_init_out){ .major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096, .flags = FUSE_EXPORT_SUPPORT };
		size = sizeof(out.init);
		break;
	case FUSE_LOOKUP:
		size = fuse_describe(s, &in.head, rest, &out);
		break;
	case FUSE_GETATTR:
		size = fuse_describe(s, &in.head, NULL, &out);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		size = sizeof(out.open);
		break;
	case FUSE_READ:
		if (!s->text)
			return true;
		size = fuse_read(s, rest, &out);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		return true; /* the kernel expects no answer */
	default:
		out.head.error = -ENOSYS;
	}
	out.head.len = (uint32_t)sizeof(out.head) + size;
	out.head.unique = in.head.unique;
	return write(fuse, &out, out.head.len) == (ssize_t)out.head.len;
}

#endif
