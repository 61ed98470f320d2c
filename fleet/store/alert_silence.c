// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Alerts of linx-store itself: a machine has become silent, or is heard again. See store/alert_desk_own.h.
 *
 * The file "silent" names the machines whose silence the receivers know. An alert is due while a machine's state differs
 * from it, so a restart repeats none that was posted and forgets none that was not.
 */
#include "store/alert_desk_own.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alert/alert.h"
#include "alert/output.h"
#include "files/owned_folder.h"

#define SILENT "silent"
#define NEW ".silent.new"
/* Most alerts of silence that are in the queue: a fleet that is silent as a whole leaves room to other alerts. */
#define SILENCES 64u

int silences_read(struct desk *d)
{
	int fd = openat(d->dir, SILENT, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), rc;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[256], name[SPOOL_MACHINE_MAX + 1];
	struct machine *m;

	if (!f) {
		rc = errno == ENOENT ? 0 : -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (fgets(line, sizeof(line), f)) {
		m = sscanf(line, "%64s", name) == 1 && spool_machine_is_good(name) ? ledger_machine(&d->silences, name) : NULL;
		if (m)
			m->silent = m->posted = true;
	}
	rc = ferror(f) ? -EIO : 0;
	fclose(f);
	return rc;
}

int silences_write(struct desk *d)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to;
	int rc;

	if (!d->unsaved)
		return 0;
	to = open_memstream(&text, &len);
	if (!to)
		return -ENOMEM;
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->silences.n; i++)
		if (d->silences.machines[i].posted)
			fprintf(to, "%s\n", d->silences.machines[i].name);
	pthread_mutex_unlock(&d->lock);
	rc = fclose(to) ? -ENOMEM : owned_folder_replace(d->dir, NEW, SILENT, OWNED_FILE_MODE, text, len);
	free(text);
	d->unsaved = rc != 0;
	return rc;
}

void desk_each_silent(struct desk *d, void (*each)(void *arg, const char *machine), void *arg)
{
	for (size_t i = 0; i < d->silences.n; i++)
		if (d->silences.machines[i].posted)
			each(arg, d->silences.machines[i].name);
}

void desk_note_silence(struct desk *d, const char *machine, bool silent, uint64_t since_ns)
{
	struct machine *m;

	pthread_mutex_lock(&d->lock);
	m = ledger_machine(&d->silences, machine);
	if (m) {
		m->silent = silent;
		m->heard_ns = since_ns;
		d->changed = true;
	}
	pthread_mutex_unlock(&d->lock);
}

/* Returns the alert about a machine, to be freed; NULL: no memory. */
static char *silence_alert(const struct machine *m, uint64_t now)
{
	char output[192], number[24];
	const struct alert_field field = { ALERT_SILENT_FIELD, number, true };
	struct timespec t;
	struct alert a = { .priority = m->silent ? ALERT_ERROR : ALERT_NOTICE, .rule = m->silent ? ALERT_SILENT_RULE : ALERT_HEARD_RULE,
			   .source = "internal", .hostname = m->name, .output = output, .fields = &field, .nfields = m->silent ? 1 : 0 };
	uint64_t s = now > m->heard_ns ? (now - m->heard_ns) / SECOND_NS : 0;

	clock_gettime(CLOCK_REALTIME, &t);
	a.time_ns = (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
	snprintf(number, sizeof(number), "%" PRIu64, s);
	if (m->silent)
		snprintf(output, sizeof(output), "linx: machine silent: nothing was heard of %s for %" PRIu64 " seconds", m->name, s);
	else
		snprintf(output, sizeof(output), "linx: machine heard again: %s", m->name);
	return alert_json(&a);
}

/* Adds the alert about a machine to the queue. False: there is no place for it now. */
static bool enqueue(struct desk *d, struct machine *m, uint64_t now)
{
	struct queued *a = calloc(1, sizeof(*a));
	char *text = a ? silence_alert(m, now) : NULL;

	if (text) {
		memcpy(a->place.machine, m->name, strlen(m->name) + 1);
		a->own = text;
		a->data = text;
		a->len = strcspn(text, "\n");
		a->silent = m->silent;
		if (queue_add(&d->queue, a))
			return true;
	}
	free(text);
	free(a);
	return false;
}

void silences_queue(struct desk *d, uint64_t now)
{
	bool left = false;

	if (!d->changed)
		return;
	for (size_t i = 0; i < d->silences.n; i++) {
		struct machine *m = &d->silences.machines[i];

		if (m->waiting || m->silent == m->posted)
			continue;
		m->waiting = d->waiting < SILENCES && enqueue(d, m, now);
		d->waiting += m->waiting;
		left |= !m->waiting;
	}
	d->changed = left;
	pthread_cond_broadcast(&d->more);
}

void silences_end(struct desk *d, const struct queued *a)
{
	struct machine *m = ledger_machine(&d->silences, a->place.machine);

	d->waiting--;
	if (!m)
		return;
	m->waiting = false;
	m->posted = a->silent;
	d->unsaved = d->changed = true;
}
#endif
