#include "control/request.h"
#include <errno.h>
#include <string.h>
#include <jansson.h>

enum { NS_PER_MS = 1000000 };

static const char known[] =
	"there are {\"command\": \"checkpoint\"}, {\"command\": \"savepoint\", \"path\": …} and "
	"{\"command\": \"stop\"[, \"savepoint\": …][, \"drain\": true]}";

static int take_path(
	struct request *request, const json_t *object, const char *key, struct err *err)
{
	const char *path = json_string_value(json_object_get(object, key));

	if (path == NULL || path[0] != '/' || strlen(path) >= sizeof(request->savepoint))
		return err_set(err, EINVAL, "'%s' must be an absolute path", key);
	strcpy(request->savepoint, path);
	return 0;
}

static int take(struct request *request, const json_t *object, struct err *err)
{
	const char *command = json_string_value(json_object_get(object, "command"));

	*request = (struct request){0};
	if (command == NULL)
		return err_set(err, EINVAL, "no command: %s", known);
	if (strcmp(command, "checkpoint") == 0)
		return 0;
	if (strcmp(command, "savepoint") == 0)
		return take_path(request, object, "path", err);
	if (strcmp(command, "stop") != 0)
		return err_set(err, EINVAL, "unknown command: %s", known);
	request->is_stop = true;
	request->drains = json_is_true(json_object_get(object, "drain"));
	if (json_object_get(object, "savepoint") == NULL)
		return 0;
	return take_path(request, object, "savepoint", err);
}

int request_parse(struct request *request, const char *line, uint32_t len, struct err *err)
{
	json_error_t error;
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	int result;

	if (object == NULL)
		return err_set(err, EINVAL, "a request is a line of JSON: %s", known);
	result = take(request, object, err);
	json_decref(object);
	return result;
}

// There is always an answer, also to what is no text.
static uint32_t write_line(json_t *object, char *line, uint32_t size)
{
	static const char plain[] = "{\"ok\":false,\"error\":\"it failed\"}";
	size_t len = json_dumpb(object, line, size - 1, JSON_COMPACT);

	json_decref(object);
	if (len == 0 || len >= size) {
		len = sizeof(plain) - 1;
		memcpy(line, plain, len);
	}
	line[len] = '\n';
	return (uint32_t)len + 1;
}

uint32_t request_refuse(const char *text, char *line, uint32_t size)
{
	return write_line(json_pack("{s:b, s:s}", "ok", false, "error", text), line, size);
}

uint32_t request_answer(
	const struct checkpoint_result *result, const char *savepoint, char *line, uint32_t size)
{
	json_t *object;

	if (!result->is_committed)
		return request_refuse(result->text, line, size);
	if (savepoint[0] != '\0' && !result->is_savepoint)
		return request_refuse(
			result->text[0] != '\0' ? result->text : "the savepoint was not written",
			line, size);
	object = json_pack("{s:b, s:I, s:I, s:I, s:I}", "ok", true, "checkpoint",
		(json_int_t)result->checkpoint, "records", (json_int_t)result->n_records, "bytes",
		(json_int_t)result->n_bytes, "milliseconds",
		(json_int_t)((result->ended_ns - result->started_ns) / NS_PER_MS));
	if (savepoint[0] != '\0')
		json_object_set_new(object, "savepoint", json_string(savepoint));
	return write_line(object, line, size);
}
