// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A flame graph as an SVG file: see flame/flame.h. Its style and its script are flame/flame.css and flame/flame.js,
 * which the command contains. Names of traced programs are text of XML, never markup or script.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "flame/flame.h"

#define WIDTH 1200.0
#define ROW 18u
#define HEAD 62u /* height above the frames */
#define FOOT 30u
/* Least share of the total weight with which a frame is drawn, and most frames that are drawn. */
#define LEAST (1.0 / 20000)
#define SHOWN_MAX 20000u
#define NARROW 24.0 /* width below which a frame shows no name */
#define COLOURS 6u

/*
 * The symbols are hidden, and the compiler therefore does not take their address from the global offset table (GOT). On
 * arm64 that address would be wrong: it would be that of the section's beginning.
 */
#define CONTENT(name, file)                                    \
	__asm__(".pushsection .rodata\n"                      \
		".local flame_" #name "_begin\n"              \
		".local flame_" #name "_end\n"                \
		"flame_" #name "_begin:\n"                    \
		".incbin \"tools/flame/" file "\"\n"          \
		"flame_" #name "_end:\n"                      \
		".popsection\n");                             \
	extern const char flame_##name##_begin[], flame_##name##_end[] __attribute__((visibility("hidden")))
CONTENT(style, "flame.css");
CONTENT(script, "flame.js");

struct drawing {
	struct flame *f;
	const struct flame_look *look;
	FILE *to;
	double total; /* weight of all calls */
	unsigned int shown, left_out;
	unsigned int depth; /* depth of the deepest frame that is drawn */
};

/* Writes text, which has no control characters, with escapes for the characters that XML reserves. */
static void put_xml(FILE *to, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		case '\'':
			fputs("&#39;", to);
			break;
		default:
			fputc(*text, to);
		}
}

static void put_time(FILE *to, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	unsigned int i = 0;

	while (i < 3 && ns < units[i].ns)
		i++;
	fprintf(to, "%.*f %s", i == 3 ? 0 : 3, (double)ns / (double)units[i].ns, units[i].name);
}

static void put_counts(FILE *to, uint64_t count, uint64_t ns)
{
	fprintf(to, "%" PRIu64 " call%s, ", count, count == 1 ? "" : "s");
	put_time(to, ns);
}

/* Returns the color of a frame. Frames with equal names have equal colors. */
static unsigned int colour_of(const struct flame_frame *frame)
{
	unsigned int h = 5381;

	for (const char *s = frame->name; *s; s++)
		h = h * 33 + (unsigned char)*s;
	return h % COLOURS;
}

static int put_frame(struct drawing *d, const struct flame_frame *frame, double x, double width)
{
	char name[FLAME_NAME_MAX];
	unsigned int y = HEAD + (frame->depth - 1) * ROW;

	if (!flame_name(frame, d->look->redact, name))
		return -ENOMEM;
	fprintf(d->to, "<g class=\"frame %c%u\" tabindex=\"0\" role=\"button\" data-x=\"%.9f\" data-w=\"%.9f\" data-d=\"%u\"><title>",
		frame->call ? 'c' : 'p', colour_of(frame), x / WIDTH, width / WIDTH, frame->depth);
	put_xml(d->to, name);
	fputs(": ", d->to);
	put_counts(d->to, frame->count, frame->ns);
	fprintf(d->to, " (%.2f %%)</title><svg x=\"%.3f\" y=\"%u\" width=\"%.3f\" height=\"%u\"><rect width=\"100%%\" height=\"%u\"/><text x=\"4\" y=\"12\"%s>",
		100 * (double)flame_weight(frame, d->look->by) / d->total, x, y, width, ROW - 1, ROW - 1, width < NARROW ? " class=\"hidden\"" : "");
	put_xml(d->to, name);
	fputs("</text></svg></g>\n", d->to);
	d->shown++;
	d->depth = frame->depth > d->depth ? frame->depth : d->depth;
	return 0;
}

/*
 * Draws a frame and those below it. It calls itself for each level: the depth of the tree is at most FLAME_DEPTH_MAX +
 * 2.
 */
static int draw(struct drawing *d, uint32_t i, double x)
{
	const struct flame_frame *frame = flame_frame(d->f, i);
	double width = WIDTH * (double)flame_weight(frame, d->look->by) / d->total;
	int rc = 0;

	if (width < WIDTH * LEAST || d->shown >= SHOWN_MAX) {
		d->left_out++;
		return 0;
	}
	if (i)
		rc = put_frame(d, frame, x, width);
	for (uint32_t c = frame->child; !rc && c; c = flame_frame(d->f, c)->next) {
		rc = draw(d, c, x);
		x += WIDTH * (double)flame_weight(flame_frame(d->f, c), d->look->by) / d->total;
	}
	return rc;
}

static void put_head(const struct drawing *d, const struct flame_sums *sums)
{
	fprintf(d->to, "<text class=\"title\" x=\"8\" y=\"22\">System calls by process: %s</text>\n<text class=\"facts\" x=\"8\" y=\"42\">",
		d->look->by == FLAME_COUNT ? "number" : sums->cpu_time ? "time on a processor" : "time in calls");
	put_counts(d->to, sums->count, sums->ns);
	fprintf(d->to, ", recorded in %.3f s, ", (double)(sums->last_ns - sums->first_ns) / 1e9);
	sheet_put_losses(d->look->losses, "<tspan class=\"lost\">", "</tspan>", d->to);
	if (sums->untimed)
		fprintf(d->to, ", %" PRIu64 " calls without a time", sums->untimed);
	if (sums->folded)
		fprintf(d->to, ", %" PRIu64 " calls of further processes in " FLAME_OTHERS, sums->folded);
	if (d->left_out)
		fprintf(d->to, ", %u frames are too narrow to be drawn", d->left_out);
	fputs("</text>\n", d->to);
}

static void put_begin(const struct drawing *d, unsigned int height)
{
	fprintf(d->to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %u\" preserveAspectRatio=\"xMidYMin\" width=\"100%%\" font-size=\"12\">\n"
		"<title>System calls by process</title>\n<style>\n", WIDTH, height);
	fwrite(flame_style_begin, 1, (size_t)(flame_style_end - flame_style_begin), d->to);
	fputs("</style>\n<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n", d->to);
}

static void put_end(const struct drawing *d, unsigned int height)
{
	fprintf(d->to, "<text id=\"status\" class=\"facts\" x=\"8\" y=\"%u\" aria-live=\"polite\"></text>\n"
		"<foreignObject id=\"tools\" x=\"%.0f\" y=\"6\" width=\"%u\" height=\"26\"><input xmlns=\"http://www.w3.org/1999/xhtml\" id=\"search\" type=\"search\" "
		"aria-label=\"Search for names\" placeholder=\"Search (/)\"/></foreignObject>\n<script><![CDATA[\n", height - 10, WIDTH - 228, 220);
	fwrite(flame_script_begin, 1, (size_t)(flame_script_end - flame_script_begin), d->to);
	fputs("]]></script>\n</svg>\n", d->to);
}

int flame_print_svg(struct flame *f, const struct flame_look *look, FILE *to)
{
	struct flame_sums sums = flame_sums(f);
	char *frames = NULL;
	size_t len = 0;
	struct drawing d = { .f = f, .look = look, .to = open_memstream(&frames, &len) };
	unsigned int height;
	int rc;

	if (!d.to)
		return -ENOMEM;
	flame_order(f);
	d.total = (double)flame_weight(flame_frame(f, 0), look->by);
	rc = d.total > 0 ? draw(&d, 0, 0) : 0;
	if (fclose(d.to) && !rc)
		rc = -ENOMEM;
	d.to = to;
	height = HEAD + d.depth * ROW + FOOT;
	if (!rc) {
		put_begin(&d, height);
		put_head(&d, &sums);
		fwrite(frames, 1, len, to);
		put_end(&d, height);
	}
	free(frames);
	return rc;
}
