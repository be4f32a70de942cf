// A source for people: how far its input was read. source_snapshot.c and the connectors say what
// the record is.
#include "operator/dump.h"
#include "operator/source/source_state.h"

enum { COLUMN_TABLE = DUMP_FIRST, COLUMN_MESSAGES, COLUMN_POSITION, COLUMN_UNIT };

static int open(struct dump *dump, struct err *)
{
	dump_add(dump, "table", type_of(TYPE_VARCHAR));
	dump_add(dump, "messages", type_of(TYPE_BIGINT));
	dump_add(dump, "position", type_of(TYPE_BIGINT));
	dump_add(dump, "unit", type_of(TYPE_VARCHAR));
	return 0;
}

static void put_text(struct dump *dump, uint16_t column, const char *text)
{
	dump_str(dump, column, str_view(text, (uint32_t)strlen(text)));
}

static int take(struct dump *dump, const struct record *record, struct err *err)
{
	static const char *const units[] = {[SOURCE_FILESYSTEM] = "bytes",
		[SOURCE_PCAP] = "packets",
		[SOURCE_DATAGEN] = "rows"};
	const struct source_config *config = dump->spec->config;
	struct record_reader in = record_read(record);

	record_get_u32(&in);
	put_text(dump, COLUMN_TABLE, config->table);
	dump_i64(dump, COLUMN_MESSAGES, (int64_t)record_get_u64(&in));
	if (in.is_short)
		return dump_bad(dump, err);
	if (config->connector == SOURCE_DATAGEN)
		record_get_u64(&in); // its random numbers
	if (config->connector != SOURCE_UDP) {
		dump_i64(dump, COLUMN_POSITION, (int64_t)record_get_u64(&in));
		put_text(dump, COLUMN_UNIT, units[config->connector]);
	}
	dump_row(dump);
	return 0;
}

const struct op_dump source_dump = {.open = open, .take = take};
