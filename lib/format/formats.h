// The formats that there are; found by name with format_find().
#pragma once
#include "format/format.h"

extern const struct format format_json, format_csv, format_raw;

struct decoder *json_decoder_new(struct mem *mem, const struct schema *schema, const bool *wanted,
	const struct format_option *options, uint16_t n_options, struct err *err);
struct encoder *json_encoder_new(struct mem *mem, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err);

struct decoder *csv_decoder_new(struct mem *mem, const struct schema *schema, const bool *wanted,
	const struct format_option *options, uint16_t n_options, struct err *err);
struct encoder *csv_encoder_new(struct mem *mem, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err);

uint32_t raw_record_size(const struct schema *schema);
struct decoder *raw_decoder_new(struct mem *mem, const struct schema *schema, const bool *wanted,
	const struct format_option *options, uint16_t n_options, struct err *err);
struct encoder *raw_encoder_new(struct mem *mem, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err);
