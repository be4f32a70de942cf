// Prints a table of a state directory, "KEY VALUE" a line, as any other program would read it: by
// liblmdb alone, while a job may be running.
//
//	table DIR NAME
#include <lmdb.h>
#include <stdio.h>

static int print_table(MDB_env *env, const char *name)
{
	MDB_cursor *cursor;
	MDB_val key, value;
	MDB_txn *txn;
	MDB_dbi dbi;
	int result;

	if ((result = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn)) != 0)
		return result;
	result = mdb_dbi_open(txn, name, 0, &dbi);
	if (result == 0)
		result = mdb_cursor_open(txn, dbi, &cursor);
	while (result == 0 && (result = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
		printf("%.*s %.*s\n", (int)key.mv_size, (const char *)key.mv_data,
			(int)value.mv_size, (const char *)value.mv_data);
	mdb_txn_abort(txn);
	return result == MDB_NOTFOUND ? 0 : result;
}

int main(int argc, char **argv)
{
	MDB_env *env;
	int result;

	if (argc != 3) {
		fprintf(stderr, "usage: table DIR NAME\n");
		return 2;
	}
	result = mdb_env_create(&env);
	if (result == 0)
		result = mdb_env_set_maxdbs(env, 64);
	if (result == 0)
		result = mdb_env_open(env, argv[1], MDB_RDONLY, 0);
	if (result == 0)
		result = print_table(env, argv[2]);
	if (result != 0)
		fprintf(stderr, "table: %s\n", mdb_strerror(result));
	mdb_env_close(env);
	return result != 0;
}
