// feedgen: model → delivery → encoder → out, at the pace asked for.
#include "feedgen/label_file.h"
#include "feedgen/options.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct feedgen {
	struct model *model;
	struct delivery *delivery;
	struct encoder encoder;
	struct label_file labels;
	struct rng garbage;
	struct out *out;
	struct pace pace;
	uint64_t n_sent; // messages that count for the pace: not garbage
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	stop = 1;
}

static void catch_signals(void)
{
	// A second one ends the process the hard way.
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int64_t wall_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void write_label(void *feedgen, const struct label *label)
{
	label_file_write(&((struct feedgen *)feedgen)->labels, label);
}

// What has been opened is closed by close_all(), also after a failure.
static int open_all(struct feedgen *feedgen, const struct options *options, struct err *err)
{
	*feedgen = (struct feedgen){.pace = options->pace};
	feedgen->model = model_new(&options->model);
	if (feedgen->model == NULL)
		return err_set(err, errno, "cannot make the model: %s", strerror(errno));
	label_book_tell(model_labels(feedgen->model), write_label, feedgen);
	feedgen->delivery = delivery_new(feedgen->model, &options->delivery);
	if (feedgen->delivery == NULL)
		return err_set(err, ENOMEM, "out of memory");
	encoder_init(&feedgen->encoder, model_world(feedgen->model), options->model.feed,
		options->encoding);
	feedgen->garbage.state = rng_of(options->model.seed, 300, 0);
	if (label_file_open(&feedgen->labels, options->labels, &feedgen->encoder, err) < 0)
		return -EIO;
	feedgen->out = out_open(&options->out, err);
	return feedgen->out == NULL ? -EIO : 0;
}

// Returns 0 also when a signal says stop meanwhile.
static int wait_until_due(struct feedgen *feedgen, const struct item *item, struct err *err)
{
	while (!stop && !pace_is_due(&feedgen->pace, feedgen->n_sent, item->at_ms)) {
		int rc = out_flush(feedgen->out, err);

		if (rc < 0)
			return rc;
		pace_wait(&feedgen->pace, feedgen->n_sent, item->at_ms);
	}
	return 0;
}

static int send_item(struct feedgen *feedgen, const struct item *item, struct err *err)
{
	char message[ENCODE_MAX];
	uint32_t len;

	if (item->kind == ITEM_GARBAGE) {
		len = encode_garbage(&feedgen->encoder, &item->event, &feedgen->garbage, message);
	} else {
		len = encode_event(&feedgen->encoder, &item->event, message);
		feedgen->n_sent++;
	}
	return out_message(feedgen->out, message, len, item->at_ms, err);
}

static int run(struct feedgen *feedgen, struct err *err)
{
	struct item item;
	int rc = 0;

	pace_begin(&feedgen->pace);
	while (rc == 0) {
		// What labels have been written about must go out.
		if (stop)
			delivery_finish(feedgen->delivery);
		if (!delivery_next(feedgen->delivery, &item))
			break;
		rc = wait_until_due(feedgen, &item, err);
		if (rc == 0)
			rc = send_item(feedgen, &item, err);
	}
	return rc;
}

static void write_open_labels(struct feedgen *feedgen)
{
	const struct label_book *book = model_labels(feedgen->model);
	const struct label *label;
	uint32_t slot = 0;

	while ((label = label_book_open_next(book, &slot)) != NULL)
		label_file_write(&feedgen->labels, label);
}

static void summarise(const struct feedgen *feedgen, const struct out_counters *out)
{
	struct delivery_counters sent = delivery_counters(feedgen->delivery);

	fprintf(stderr,
		"feedgen: sent events=%" PRIu64 " datagrams=%" PRIu64 " garbage=%" PRIu64
		" bytes=%" PRIu64 " seconds=%.3f duplicates=%" PRIu64 " late=%" PRIu64
		" labels=%" PRIu64,
		sent.n_events, out->n_datagrams, sent.n_garbage, out->n_bytes,
		pace_seconds(&feedgen->pace), sent.n_duplicates, sent.n_late,
		feedgen->labels.n_labels);
	if (out->n_refused > 0)
		fprintf(stderr, " refused=%" PRIu64, out->n_refused);
	fputc('\n', stderr);
}

static int close_all(struct feedgen *feedgen, struct out_counters *counters, struct err *err)
{
	int rc = 0, rc_labels;

	if (feedgen->out != NULL)
		rc = out_close(feedgen->out, counters, err);
	rc_labels = label_file_close(&feedgen->labels, err);
	return rc < 0 ? rc : rc_labels;
}

static void free_all(struct feedgen *feedgen)
{
	delivery_free(feedgen->delivery);
	model_free(feedgen->model);
}

static int generate(const struct options *options, struct err *err)
{
	struct out_counters counters = {0};
	struct feedgen feedgen;
	int rc, rc_close;

	rc = open_all(&feedgen, options, err);
	if (rc == 0) {
		rc = run(&feedgen, err);
		write_open_labels(&feedgen);
	}
	rc_close = close_all(&feedgen, &counters, err);
	rc = rc < 0 ? rc : rc_close;
	if (rc == 0 && !options->quiet)
		summarise(&feedgen, &counters);
	free_all(&feedgen);
	return rc;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct options options;
	int rc;

	rc = options_parse(argc, argv, wall_clock_ms(), &options, &err);
	if (rc == 0 && options.help) {
		fputs(options_help, stdout);
		return 0;
	}
	catch_signals();
	if (rc == 0)
		rc = generate(&options, &err);
	if (rc < 0)
		fprintf(stderr, "feedgen: %s\n", err.text);
	return rc < 0 ? 2 : 0;
}
