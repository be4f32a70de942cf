#include <string.h>
#include "format/formats.h"

const char *const decode_error_names[DECODE_ERRORS] = {
	[DECODE_SYNTAX] = "syntax",
	[DECODE_TYPE] = "type",
	[DECODE_RANGE] = "range",
	[DECODE_MISSING] = "missing",
	[DECODE_LENGTH] = "length",
	[DECODE_DEPTH] = "depth",
};

// Options that only speak of types which there are none of yet (MAP keys), or of which of two
// parsers Flink uses, are accepted, so that a script runs on both.
static const char *const json_options[] = {"ignore-parse-errors", "fail-on-missing-field",
	"timestamp-format.standard", "map-null-key.mode", "map-null-key.literal",
	"encode.decimal-as-plain-number", "encode.ignore-null-fields", "decode.json-parser.enabled",
	NULL};

static const char *const csv_options[] = {"ignore-parse-errors", "field-delimiter",
	"quote-character", "disable-quote-character", "escape-character", "null-literal",
	"allow-comments", "array-element-delimiter", "write-bigdecimal-in-scientific-notation",
	"header", NULL};

static const char *const raw_options[] = {"ignore-parse-errors", "endianness", NULL};

const struct format format_json = {
	.name = "json",
	.option_keys = json_options,
	.decoder_new = json_decoder_new,
	.encoder_new = json_encoder_new,
};

const struct format format_csv = {
	.name = "csv",
	.option_keys = csv_options,
	.decoder_new = csv_decoder_new,
	.encoder_new = csv_encoder_new,
};

const struct format format_raw = {
	.name = "raw",
	.option_keys = raw_options,
	.record_size = raw_record_size,
	.decoder_new = raw_decoder_new,
	.encoder_new = raw_encoder_new,
};

static const struct format *const formats[] = {&format_json, &format_csv, &format_raw};

const char *const format_names[] = {"json", "csv", "raw", NULL};

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}
