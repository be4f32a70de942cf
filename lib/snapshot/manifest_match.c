#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "snapshot/manifest.h"

enum { NAMED_MAX = 3 }; // differences; the rest are counted

struct differences {
	char text[ERR_TEXT_MAX];
	uint32_t n;
};

static void differ(struct differences *differences, const char *what,
	const struct checkpoint_operator *op, const struct checkpoint_operator *was)
{
	size_t len = strlen(differences->text);
	char *at = differences->text + len;
	size_t room = sizeof(differences->text) - len;

	if (differences->n++ >= NAMED_MAX)
		return;
	if (was == NULL)
		snprintf(at, room, "%soperator %" PRIu32 " (%s: %.80s) %s", len > 0 ? "; " : "",
			op->id, op->kind, op->text, what);
	else
		snprintf(at, room, "%soperator %" PRIu32 " was %s: %.80s, and is %s: %.80s",
			len > 0 ? "; " : "", op->id, was->kind, was->text, op->kind, op->text);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same(const struct checkpoint_operator *a, const struct checkpoint_operator *b)
{
	return same_text(a->kind, b->kind) && same_text(a->text, b->text) &&
	       same_text(a->table, b->table);
}

static const struct checkpoint_operator *find(const struct checkpoint_plan *plan, uint32_t id)
{
	for (uint32_t i = 0; i < plan->n_operators; i++)
		if (plan->operators[i].id == id)
			return &plan->operators[i];
	return NULL;
}

// The job is the same: whether this program reads the state of its operators.
static int match_versions(const struct manifest *manifest, const struct checkpoint_plan *plan,
	const char *where, struct err *err)
{
	for (uint32_t i = 0; i < plan->n_operators; i++) {
		const struct checkpoint_operator *op = &plan->operators[i];
		uint32_t was = find(&manifest->plan, op->id)->state_version;

		if (was != op->state_version)
			return err_set(err, EINVAL,
				"%s is of another version of tidewire: the state of operator "
				"%" PRIu32 " (%s: %.200s) has version %" PRIu32
				", and this tidewire knows version %" PRIu32,
				where, op->id, op->kind, op->text, was, op->state_version);
	}
	return 0;
}

int manifest_match(const struct manifest *manifest, const struct checkpoint_plan *plan,
	const char *where, struct err *err)
{
	struct differences differences = {.text = ""};
	uint32_t n_more;

	for (uint32_t i = 0; i < plan->n_operators; i++) {
		const struct checkpoint_operator *op = &plan->operators[i];
		const struct checkpoint_operator *was = find(&manifest->plan, op->id);

		if (was == NULL)
			differ(&differences, "was added", op, NULL);
		else if (!same(op, was))
			differ(&differences, "was changed", op, was);
	}
	for (uint32_t i = 0; i < manifest->plan.n_operators; i++)
		if (find(plan, manifest->plan.operators[i].id) == NULL)
			differ(&differences, "was removed", &manifest->plan.operators[i], NULL);
	if (differences.n == 0)
		return match_versions(manifest, plan, where, err);
	n_more = differences.n > NAMED_MAX ? differences.n - NAMED_MAX : 0;
	if (n_more > 0)
		return err_set(err, EINVAL, "%s is of another job: %.400s, and %" PRIu32 " more",
			where, differences.text, n_more);
	return err_set(err, EINVAL, "%s is of another job: %.440s", where, differences.text);
}
