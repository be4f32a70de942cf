#include "feedgen/label_file.h"
#include "feedgen/text.h"
#include <errno.h>
#include <inttypes.h>

int label_file_open(
	struct label_file *labels, const char *path, struct encoder *encoder, struct err *err)
{
	*labels = (struct label_file){.path = path, .encoder = encoder};
	if (path == NULL)
		return 0;
	labels->file = fopen(path, "we");
	if (labels->file == NULL)
		return err_set(err, errno, "cannot write to %s: %s", path, strerror(errno));
	fputs(encoder->feed == FEED_CARDS ? "scenario,card,user_id,first_ts,last_ts,events,total_"
					    "amount,complete,event_ids\n"
					  : "scenario,device,city,first_ts,last_ts,events,max_"
					    "temperature,complete,event_ids\n",
		labels->file);
	return 0;
}

static char *put_subject(struct label_file *labels, const struct label *label, char *at)
{
	if (labels->encoder->feed == FEED_CARDS) {
		world_card(labels->encoder->world, label->who, at);
		at = text_literal(at + WORLD_CARD_DIGITS, ",");
		return at + encode_who(labels->encoder, label->who, at);
	}
	at += encode_who(labels->encoder, label->who, at);
	return text_string(text_literal(at, ","), cities[label->city].name);
}

void label_file_write(struct label_file *labels, const struct label *label)
{
	bool cards = labels->encoder->feed == FEED_CARDS;
	char line[ENCODE_MAX], *at = line;

	labels->n_labels++;
	if (labels->file == NULL)
		return;
	at = text_string(at, scenario_name(label->scenario));
	at = put_subject(labels, label, text_literal(at, ","));
	at = text_literal(at, ",");
	at += encode_ts(labels->encoder, label->first_ms, at);
	at = text_literal(at, ",");
	at += encode_ts(labels->encoder, label->last_ms, at);
	at = text_uint(text_literal(at, ","), label->n_events);
	at = text_fixed(text_literal(at, ","), cards ? label->total : label->value_max, 2);
	at = text_uint(text_literal(at, ","), label->n_events == label->n_planned);
	fwrite(line, 1, (size_t)(at - line), labels->file);
	for (uint32_t i = 0; i < label->n_events; i++)
		fprintf(labels->file, "%c%" PRIu64, i == 0 ? ',' : ' ', label->ids[i]);
	fputc('\n', labels->file);
}

int label_file_close(struct label_file *labels, struct err *err)
{
	bool failed;

	if (labels->file == NULL)
		return 0;
	failed = ferror(labels->file) != 0;
	if (fclose(labels->file) != 0 || failed)
		return err_set(err, EIO, "cannot write to %s", labels->path);
	return 0;
}
