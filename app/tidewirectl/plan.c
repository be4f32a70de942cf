#include "tidewirectl/plan.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/nearest.h"
#include "operator/dump.h"
#include "tidewire/zone_file.h"

static uint32_t count(const struct op_spec *spec)
{
	uint32_t n = spec->id + 1;

	for (uint16_t i = 0; i < spec->n_outs; i++) {
		uint32_t below = count(spec->outs[i]);

		n = below > n ? below : n;
	}
	return n;
}

static void collect(const struct op_spec **specs, const struct op_spec *spec)
{
	specs[spec->id] = spec;
	for (uint16_t i = 0; i < spec->n_outs; i++)
		collect(specs, spec->outs[i]);
}

static void collect_all(
	struct plan_operators *operators, struct arena *arena, const struct job *job)
{
	operators->n = 0;
	for (uint32_t i = 0; i < job->n_stages; i++) {
		uint32_t n = count(job->stages[i]->head);

		operators->n = n > operators->n ? n : operators->n;
	}
	operators->specs = arena_alloc(arena, (operators->n + 1u) * sizeof(*operators->specs));
	for (uint32_t i = 0; i < job->n_stages; i++)
		collect(operators->specs, job->stages[i]->head);
}

static int compare(
	const struct plan_operators *operators, const struct manifest *manifest, struct err *err)
{
	for (uint32_t i = 0; i < manifest->plan.n_operators; i++) {
		const struct checkpoint_operator *was = &manifest->plan.operators[i];
		const struct op_spec *is =
			was->id < operators->n ? operators->specs[was->id] : NULL;

		if (is == NULL || strcmp(is->kind->name, was->kind) != 0)
			return err_set(err, EINVAL,
				"the job's script alone does not make the operators of the "
				"checkpoint (%s %u is missing): give --set what its command line "
				"set",
				was->kind, was->id);
		if (op_state_version(is) != was->state_version)
			return err_set(err, EINVAL,
				"the state of %s %u has version %u, and this tidewirectl knows "
				"version %u",
				was->kind, was->id, was->state_version, op_state_version(is));
	}
	return 0;
}

int plan_operators(struct plan_operators *operators, struct arena *arena,
	const struct manifest *manifest, const struct sql_setting *settings, uint32_t n_settings,
	struct err *err)
{
	const char *script = manifest->plan.script;
	struct sql_plan plan = {0};
	struct err cause = {0};

	if (script == NULL)
		return err_set(err, EINVAL, "the checkpoint does not have its job's script");
	if (sql_plan(arena, script, strlen(script), settings, n_settings, &zone_files, &plan,
		    &cause) < 0)
		return err_set(err, EINVAL, "the job's script does not plan here: line %u: %s",
			cause.pos.line, cause.text);
	collect_all(operators, arena, plan.job);
	return compare(operators, manifest, err);
}

// ---- By name

// "WindowAggregate 3, WindowAggregate 5".
static int refuse(
	const struct plan_operators *operators, const char *name, uint32_t n_found, struct err *err)
{
	char list[ERR_TEXT_MAX / 2] = "";
	size_t len = 0;

	for (uint32_t id = 0; id < operators->n && len < sizeof(list); id++) {
		const struct op_spec *spec = operators->specs[id];

		if (spec == NULL || !dump_is_possible(spec))
			continue;
		if (n_found > 0 && strcasecmp(spec->kind->name, name) != 0)
			continue;
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s %u",
			len > 0 ? ", " : "", spec->kind->name, id);
	}
	if (n_found > 1)
		return err_set(
			err, EINVAL, "there are several: %s; --operator takes the number", list);
	return err_set(err, ENOENT, "there is no operator '%s' with state to show: there are %s",
		name, len > 0 ? list : "none");
}

const struct op_spec *plan_find(
	const struct plan_operators *operators, const char *name, struct err *err)
{
	const struct op_spec *found = NULL;
	uint32_t n_found = 0;
	char *end;
	unsigned long number = strtoul(name, &end, 10);

	for (uint32_t id = 0; id < operators->n; id++) {
		const struct op_spec *spec = operators->specs[id];

		if (spec == NULL || !dump_is_possible(spec))
			continue;
		if (*end == '\0' ? number != id : strcasecmp(name, spec->kind->name) != 0)
			continue;
		found = spec;
		n_found++;
	}
	if (n_found == 1)
		return found;
	refuse(operators, name, n_found, err);
	return NULL;
}
