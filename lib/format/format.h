// Formats turn messages into rows and rows into messages. They see bytes and row blocks, never a
// packet or a file, and convert only the columns that the job reads.
//
// A decoder works on bursts: one virtual call for many messages. A message that cannot be decoded
// is dropped and counted by class, or is a fault, as its table says (enum on_parse_error).
#pragma once
#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/message.h"
#include "row/store.h"

enum on_parse_error {
	ON_PARSE_ERROR_DROP, // the default: the message is dropped and counted
	ON_PARSE_ERROR_FAIL, // FORMAT.ignore-parse-errors = false: the job ends, with the position
	ON_PARSE_ERROR_NULL, // = true, as in Flink: a field that does not convert is NULL; what is
			     // no message at all is dropped and counted
};

enum decode_error {
	DECODE_SYNTAX, // not a message of this format
	DECODE_TYPE, // a field does not convert to its column's type
	DECODE_RANGE, // it would, but the number, date or length is out of range
	DECODE_MISSING, // a field that must be there is not (also NULL in a NOT NULL column)
	DECODE_LENGTH, // too short, too long, too many fields, or strings that no block can hold
	DECODE_DEPTH, // nested too deeply
	DECODE_ERRORS
};

extern const char *const decode_error_names[DECODE_ERRORS]; // "syntax", "type" …

// The 'FORMAT.key' = 'value' options of a table without their prefix.
struct format_option {
	const char *key;
	const char *value;
	struct pos pos;
};

struct decoder;

struct decoder_ops {
	// Decode messages[:n] and append a row for each to out. Stops when out is full. Returns how
	// many messages were consumed: rows appended + messages dropped or skipped. Long strings in
	// out may point into the messages' bytes; what had to be unescaped is in out's heap.
	uint16_t (*decode)(struct decoder *decoder, const struct message *messages, uint16_t n,
		struct block_store *out);
	void (*free)(struct decoder *decoder);
};

struct decoder {
	const struct decoder_ops *ops;
	struct mem *mem;
	const struct schema *schema; // of the rows it makes: the physical columns of the table
	const bool *wanted; // [:n_fields] the columns to convert; the others' values are undefined
	enum on_parse_error on_error;
	// one writer: the lcore that decodes
	bool header_ahead; // the next message, the first of all, is a header and no row
	// Consumed; = rows appended + Σ n_errors. Lines of CSV that are no messages (a header,
	// comments, empty lines) are consumed, but not counted here.
	uint64_t n_messages;
	uint64_t n_errors[DECODE_ERRORS]; // messages dropped, by class
	uint64_t n_null_fields; // fields set to NULL for ON_PARSE_ERROR_NULL
	struct fault fault; // set for ON_PARSE_ERROR_FAIL
	// The first bad message, for people: which one (counting from 0) and where in it.
	uint64_t first_error_message;
	uint32_t first_error_offset;
	enum decode_error first_error;
};

struct encoder;

struct encoder_ops {
	// Append the row at slot as text or bytes, without a delimiter. Returns the length, or 0
	// when it does not fit into size bytes (then nothing may be assumed of buffer).
	uint32_t (*encode)(struct encoder *encoder, const struct block *block, uint16_t slot,
		char *buffer, uint32_t size);
	void (*free)(struct encoder *encoder);
};

struct encoder {
	const struct encoder_ops *ops;
	struct mem *mem;
	const struct schema *schema;
	const char *delimiter; // what a stream puts behind each message: "\n", or "" (raw)
};

// What a format is, for the registry and the documentation.
struct format {
	const char *name; // "json"
	const char *const *option_keys; // without the prefix, NULL-terminated
	// Bytes of every message of rows of schema; 0 when they vary. NULL for formats of text.
	uint32_t (*record_size)(const struct schema *schema);
	// NULL with *err filled when an option or a column's type does not go with the format.
	struct decoder *(*decoder_new)(struct mem *mem, const struct schema *schema,
		const bool *wanted, const struct format_option *options, uint16_t n_options,
		struct err *err);
	struct encoder *(*encoder_new)(struct mem *mem, const struct schema *schema,
		const struct format_option *options, uint16_t n_options, struct err *err);
};

// The format of this name, or NULL. format_names lists them all, NULL-terminated.
const struct format *format_find(const char *name);
extern const char *const format_names[];

// Common to all formats: makes decoder->on_error of the option ignore-parse-errors.
int format_parse_error_option(const struct format_option *options, uint16_t n_options,
	enum on_parse_error *on_error, struct err *err);

// The `print` connector's form, a row a line: "+I[alice, 3, 2020-01-01T00:00:05]".
struct encoder *print_encoder_new(struct mem *mem, const struct schema *schema);

// A row as a JSON array of its values, ["alice",3]: for keys.
struct encoder *json_array_encoder_new(struct mem *mem, const struct schema *schema);
