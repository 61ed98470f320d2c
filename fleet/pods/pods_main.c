// SPDX-License-Identifier: LGPL-2.1-or-later
/* The program linx-pods: reads the options and watches pods until it is stopped. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/parse_value.h"
#include "base/signals.h"
#include "pods/pods.h"

/* Where Kubernetes puts what a pod needs to reach the API server. */
#define ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"
#define OUTPUT "/run/linx/pods.json"
#define SECOND_NS 1000000000ull
#define URL_MAX 1024u
#define NODE_MAX 253u

static const char help[] =
	"usage: linx-pods [OPTION]...\n"
	"Watches the pods of a node at the Kubernetes API server, and keeps them\n"
	"in a file for linxcap.\n"
	"\n"
	"  --node NAME         the node (default: $NODE_NAME, or else the name\n"
	"                      of the host)\n"
	"  --output FILE       the file (default " OUTPUT ")\n"
	"  --server URL        API server (default: that of the cluster, of\n"
	"                      $KUBERNETES_SERVICE_HOST and _PORT)\n"
	"  --token FILE        token of a service account\n"
	"  --ca FILE           certificates of the server's authorities; both\n"
	"                      by default of the pod's service account, in\n"
	"                      " ACCOUNT "\n"
	"  --keep TIME         keep deleted pods for so long (default 5m)\n"
	"  --watch TIME        longest time of one watch (default 4m)\n"
	"  --retry TIME        longest pause after a failure (default 60s)\n"
	"  --help              this text\n";

struct options {
	struct pods_settings pods;
	char url[URL_MAX];
};

/* Reads a time of at least one second. */
static bool read_time(const char *word, uint64_t *ns)
{
	return value_duration(word, ns) && *ns >= SECOND_NS && *ns <= 86400 * SECOND_NS;
}

/* Takes an option with a time. False: it is another option. *bad: the time is none. */
static bool take_time(struct options *o, int c, bool *bad)
{
	uint64_t *to = c == 'k' ? &o->pods.keep_ns : c == 'w' ? &o->pods.watch_ns : c == 'r' ? &o->pods.retry_ns : NULL;

	*bad = to && !read_time(optarg, to);
	return to;
}

/* Takes an option with a word. False: it is another option. */
static bool take_word(struct options *o, int c)
{
	const char **to = c == 'n' ? &o->pods.node :
			  c == 'o' ? &o->pods.output :
			  c == 's' ? &o->pods.url :
			  c == 't' ? &o->pods.token :
			  c == 'c' ? &o->pods.ca :
				     NULL;

	if (to)
		*to = optarg;
	return to;
}

/* Reads the options. Returns -1, or the status with which the process has to end at once. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "node", required_argument, NULL, 'n' },
		{ "output", required_argument, NULL, 'o' },
		{ "server", required_argument, NULL, 's' },
		{ "token", required_argument, NULL, 't' },
		{ "ca", required_argument, NULL, 'c' },
		{ "keep", required_argument, NULL, 'k' },
		{ "watch", required_argument, NULL, 'w' },
		{ "retry", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool bad;
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return STATUS_OK;
		}
		if (take_word(o, c))
			continue;
		if (!take_time(o, c, &bad))
			return STATUS_USAGE;
		if (bad)
			return say_status(STATUS_USAGE, "not a time of 1s to 1d: %s", optarg);
	}
	return optind < argc ? say_status(STATUS_USAGE, "unknown word: %s: see linx-pods --help", argv[optind]) : -1;
}

/* True for a name that Kubernetes gives a node. It stands in URLs and in JSON without escapes. */
static bool is_node(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '-' && s[i] != '.')
			return false;
	return n && n <= NODE_MAX;
}

/* Makes the URL of the cluster's own server. False: this process is in no pod. */
static bool find_server(struct options *o)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
	bool six = host && strchr(host, ':');

	if (!host || !*host)
		return false;
	o->pods.url = o->url;
	return snprintf(o->url, sizeof(o->url), "https://%s%s%s:%s", six ? "[" : "", host, six ? "]" : "", port && *port ? port : "443") < (int)sizeof(o->url);
}

/* Completes the options by defaults, and checks them. Returns -1, or the status with which the process has to end. */
static int complete(struct options *o, struct utsname *host)
{
	const char *node = getenv("NODE_NAME");
	size_t n;

	uname(host);
	if (!o->pods.node)
		o->pods.node = node && *node ? node : host->nodename;
	if (!is_node(o->pods.node))
		return say_status(STATUS_USAGE, "not the name of a node: %s: write --node NAME", o->pods.node);
	if (!o->pods.url && !find_server(o))
		return say_status(STATUS_USAGE, "no API server: $KUBERNETES_SERVICE_HOST is not set: write --server https://HOST:PORT");
	n = strlen(o->pods.url);
	/* the token is sent to it, and a URL with one of these characters may have a password, which no message may show */
	if (strncmp(o->pods.url, "https://", 8) != 0 || n >= URL_MAX || strpbrk(o->pods.url, "@?#"))
		return say_status(STATUS_USAGE, "not a server: write https://HOST:PORT");
	if (o->pods.url[n - 1] == '/')
		return say_status(STATUS_USAGE, "not a server: %s: write https://HOST:PORT, without a path", o->pods.url);
	return -1;
}

int main(int argc, char **argv)
{
	struct options o = { .pods = { .token = ACCOUNT "/token",
				       .ca = ACCOUNT "/ca.crt",
				       .output = OUTPUT,
				       .keep_ns = 300 * SECOND_NS,
				       .watch_ns = 240 * SECOND_NS,
				       .retry_ns = 60 * SECOND_NS } };
	struct pods p = { .settings = &o.pods, .stopping = signals_stopping };
	struct signals signals;
	struct utsname host;
	struct problem why;
	int rc;

	say_as("linx-pods");
	rc = read_options(argc, argv, &o);
	if (rc < 0)
		rc = complete(&o, &host);
	if (rc >= 0)
		return rc;
	if (signals_catch(&signals, false, false))
		return say_status(STATUS_FAILURE, "cannot catch signals");
	rc = pods_run(&p, &why);
	pods_end(&p);
	return rc ? say_status(STATUS_FAILURE, "%s", why.text) : STATUS_OK;
}
