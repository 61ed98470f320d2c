// SPDX-License-Identifier: LGPL-2.1-or-later
/* Keeps floors of alerts on disk: see store/alert_desk_own.h. */
#include "store/alert_desk_own.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files/owned_folder.h"

#define FLOORS "floors"
#define NEW ".floors.new"

static void take_line(struct ledger *l, const char *line)
{
	char machine[SPOOL_MACHINE_MAX + 1];
	uint64_t spool, floor;
	struct source *source;

	if (sscanf(line, "%64s %16" SCNx64 " %" SCNu64, machine, &spool, &floor) != 3 || !spool_machine_is_good(machine) || !spool || floor < 2 ||
	    floor > UINT64_MAX / 2 || !ledger_has_place(l, machine, spool))
		return;
	source = ledger_get(l, machine, spool);
	if (source && source_add(source, 1, floor - 1))
		source->noted = floor;
}

int floors_read(struct ledger *l, int dir)
{
	int fd = openat(dir, FLOORS, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), rc;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[256];

	if (!f) {
		rc = errno == ENOENT ? 0 : -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (fgets(line, sizeof(line), f))
		take_line(l, line);
	rc = ferror(f) ? -EIO : 0;
	fclose(f);
	return rc;
}

/* Prints all floors. Returns whether one has risen since the last time. */
static bool print(struct ledger *l, FILE *to)
{
	bool risen = false;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->machines[i].n; k++) {
			struct source *source = &l->machines[i].sources[k];
			uint64_t floor = source_floor(source);

			if (!source->n || floor < 2)
				continue;
			risen |= floor > source->noted;
			source->noted = floor;
			fprintf(to, "%s %016" PRIx64 " %" PRIu64 "\n", l->machines[i].name, source->spool, floor);
		}
	return risen;
}

/* Makes a later floors_write() write the file, although no floor rises. */
static void forget_noted(struct ledger *l)
{
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->machines[i].n; k++)
			l->machines[i].sources[k].noted = 0;
}

int floors_write(struct ledger *l, pthread_mutex_t *lock, int dir)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	bool risen;
	int rc;

	if (!to)
		return -ENOMEM;
	pthread_mutex_lock(lock);
	risen = print(l, to);
	pthread_mutex_unlock(lock);
	rc = fclose(to) ? -ENOMEM : risen ? owned_folder_replace(dir, NEW, FLOORS, OWNED_FILE_MODE, text, len) : 0;
	free(text);
	if (rc) {
		pthread_mutex_lock(lock);
		forget_noted(l);
		pthread_mutex_unlock(lock);
	}
	return rc;
}
#endif
