// CASE, AND, OR: what comes later is computed only for rows that are not decided yet, so that
// CASE WHEN b <> 0 THEN a / b END does not fault. Where all parts of an AND or OR are cheap and
// harmless they are computed for all rows instead and joined eight at a time.
#include "expr/node.h"
#include <string.h>

#define EACH_BYTE 0x0101010101010101u

static void copy_rows(const struct expr *expr, struct column *to, const struct column *from,
	const struct selection *selection)
{
	uint32_t width = type_width(expr->type.kind);

	for (uint16_t i = 0; i < selection->n; i++) {
		uint16_t slot = selection->rows != NULL ? selection->rows[i] : i;
		char *value = (char *)to->values + slot * width;
		const char *source = (const char *)from->values + slot * width;

		switch (width) { // a constant size is a move
		case 1:
			*value = *source;
			break;
		case 2:
			memcpy(value, source, 2);
			break;
		case 4:
			memcpy(value, source, 4);
			break;
		case 8:
			memcpy(value, source, 8);
			break;
		default:
			memcpy(value, source, 16);
		}
		if (nulls_get(from->nulls, slot))
			nulls_set(to->nulls, slot);
	}
}

// Split selection by the condition: TRUE to node->matched, others to node->rest (in place when they
// come from there).
static void split(struct node *node, const struct column *condition, struct selection *selection,
	struct selection *matched)
{
	const uint8_t *values = condition->values;
	uint16_t n_matched = 0, n_rest = 0;

	for (uint16_t i = 0; i < selection->n; i++) {
		uint16_t slot = selection->rows != NULL ? selection->rows[i] : i;
		bool is_true = (values[slot] & 1) & !nulls_get(condition->nulls, slot);

		node->matched[n_matched] = slot;
		node->rest[n_rest] = slot;
		n_matched += is_true;
		n_rest += !is_true;
	}
	*matched = (struct selection){node->matched, n_matched, selection->n_slots};
	*selection = (struct selection){node->rest, n_rest, selection->n_slots};
}

static void take_branch(struct program *program, struct node *node, struct node *branch,
	const struct selection *selection)
{
	if (selection->n == 0)
		return;
	node_eval(program, branch, selection);
	copy_rows(node->expr, &node->own, &branch->result, selection);
}

void node_eval_case(struct program *program, struct node *node, const struct selection *selection)
{
	uint16_t n_args = node->expr->n_args;
	struct selection rest = *selection;

	nulls_clear_all(node->own.nulls);
	for (uint16_t i = 0; i + 1 < n_args && rest.n > 0; i += 2) {
		struct selection matched;

		node_eval(program, node->args[i], &rest);
		split(node, &node->args[i]->result, &rest, &matched);
		take_branch(program, node, node->args[i + 1], &matched);
	}
	take_branch(program, node, node->args[n_args - 1], &rest);
	node->result = node->own;
}

// One argument of an AND or OR has been computed for the undecided rows: take out those it decides.
static void decide(struct node *node, const struct column *arg, struct selection *undecided)
{
	bool decides = node->expr->kind == EXPR_OR;
	uint8_t *values = node->own.values;
	const uint8_t *arg_values = arg->values;
	uint16_t n_rest = 0;

	for (uint16_t i = 0; i < undecided->n; i++) {
		uint16_t slot = undecided->rows != NULL ? undecided->rows[i] : i;
		uint64_t is_null = nulls_get(arg->nulls, slot);
		bool decided = !is_null & ((arg_values[slot] & 1) == decides);

		values[slot] = decided == decides;
		node->own.nulls[slot / 64] |= is_null << slot % 64;
		node->own.nulls[slot / 64] &= ~((uint64_t)decided << slot % 64);
		node->rest[n_rest] = slot;
		n_rest += !decided;
	}
	*undecided = (struct selection){node->rest, n_rest, undecided->n_slots};
}

static void eval_narrowing(
	struct program *program, struct node *node, const struct selection *selection)
{
	struct selection undecided = *selection;

	for (uint16_t i = 0; i < node->expr->n_args && undecided.n > 0; i++) {
		node_eval(program, node->args[i], &undecided);
		decide(node, &node->args[i]->result, &undecided);
	}
}

// Eight rows' bits as bytes of 0 or 1, and back.
static uint64_t bytes_of_bits(uint8_t bits)
{
	uint64_t spread = (bits * EACH_BYTE) & 0x8040201008040201u;

	return (spread + 0x7f * EACH_BYTE) >> 7 & EACH_BYTE;
}

static uint64_t bits_of_bytes(uint64_t bytes)
{
	return bytes * 0x0102040810204080u >> 56;
}

// Join arg to the whole. values hold whether the row is decided; of an AND that is by a FALSE, so
// that its bytes are turned around.
static void join(struct node *node, const struct column *arg, uint16_t n_slots)
{
	uint64_t turn = node->expr->kind == EXPR_AND ? EACH_BYTE : 0;

	for (uint32_t row = 0; row < n_slots; row += 8) {
		uint64_t bytes, all;

		memcpy(&bytes, (const char *)arg->values + row, 8);
		memcpy(&all, (char *)node->own.values + row, 8);
		bytes = (bytes & EACH_BYTE) ^ turn;
		if (arg->nulls != NULL)
			bytes &= ~bytes_of_bits((uint8_t)(arg->nulls[row / 64] >> row % 64));
		all |= bytes;
		memcpy((char *)node->own.values + row, &all, 8);
	}
	for (int i = 0; i < BLOCK_NULL_WORDS && arg->nulls != NULL; i++)
		node->own.nulls[i] |= arg->nulls[i];
}

static void eval_joining(
	struct program *program, struct node *node, const struct selection *selection)
{
	uint64_t turn = node->expr->kind == EXPR_AND ? EACH_BYTE : 0;

	memset(node->own.values, 0, BLOCK_ROWS_MAX);
	for (uint16_t i = 0; i < node->expr->n_args; i++) {
		node_eval(program, node->args[i], selection);
		join(node, &node->args[i]->result, selection->n_slots);
	}
	for (uint32_t row = 0; row < selection->n_slots; row += 8) {
		uint64_t all;

		memcpy(&all, (char *)node->own.values + row, 8);
		node->own.nulls[row / 64] &= ~(bits_of_bytes(all) << row % 64);
		all ^= turn;
		memcpy((char *)node->own.values + row, &all, 8);
	}
}

void node_eval_logic(struct program *program, struct node *node, const struct selection *selection)
{
	nulls_clear_all(node->own.nulls);
	if (node->is_cheap && selection->n * 2 >= selection->n_slots)
		eval_joining(program, node, selection);
	else
		eval_narrowing(program, node, selection);
	node->result = node->own;
}
