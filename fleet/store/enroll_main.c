// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options of linx-store enroll and linx-store revoke. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/parse_value.h"
#include "store/enroll.h"

static const char help[] =
	"usage: linx-store enroll [OPTION]... NAME...\n"
	"       linx-store enroll --refresh [OPTION]...\n"
	"       linx-store revoke [OPTION]... NAME...\n"
	"Makes a key for each machine NAME, and the users and permissions that\n"
	"nats-server includes; revoke takes them away.\n"
	"\n"
	"  --keys DIR          folder of keys, list and configuration\n"
	"                      (default " ENROLL_FOLDER ")\n"
	"  --refresh           write the configuration anew from the list\n"
	"  --reload PID        let nats-server read it again\n"
	"  --nats URL          the server, for the line that is printed;\n"
	"                      also --tls-ca, --tls-cert, --tls-key\n"
	"  --help              this text\n";

struct options {
	struct nats_settings nats;
	struct enroll_settings enroll;
	bool refresh;
};

/* Reads the options. Returns -1, or the status with which the process has to end at once. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		NATS_OPTIONS,
		{ "keys", required_argument, NULL, 'd' },
		{ "refresh", no_argument, NULL, 'r' },
		{ "reload", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	uint64_t pid;
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (nats_take_option(&o->nats, c, optarg))
			continue;
		switch (c) {
		case 'd':
			o->enroll.folder = optarg;
			break;
		case 'r':
			o->refresh = true;
			break;
		case 'p':
			if (!value_number(optarg, &pid) || !pid || pid > INT_MAX)
				return say_status(STATUS_USAGE, "not a process: --reload %s", optarg);
			o->enroll.pid = (int)pid;
			break;
		case 'h':
			fputs(help, stdout);
			return STATUS_OK;
		default:
			return STATUS_USAGE;
		}
	}
	return -1;
}

int enroll_main(int argc, char **argv)
{
	struct options o = { .enroll.folder = ENROLL_FOLDER };
	bool revoke = !strcmp(argv[0], "revoke");
	struct problem why;
	int rc = read_options(argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (o.refresh && (revoke || optind < argc))
		return say_status(STATUS_USAGE, "--refresh is for linx-store enroll without names");
	if (!o.refresh && optind == argc)
		return say_status(STATUS_USAGE, "no machine is named: see linx-store %s --help", argv[0]);
	o.enroll.nats = &o.nats;
	rc = (revoke ? enroll_revoke : enroll_add)(&o.enroll, argv + optind, argc - optind, &why);
	return rc ? say_status(STATUS_FAILURE, "%s", why.text) : STATUS_OK;
}
