// The order in which a java.util.HashMap hands out its entries: Flink's print connector writes maps
// so.
#pragma once
#include "row/nested.h"

// order[:keys->n] becomes the indexes of the keys in that order, after they were put in as they
// stand. Keys whose hash in Java is not known here (no numbers, strings, dates) stay as they are.
void java_map_order(const struct nested_items *keys, uint16_t order[NESTED_ITEMS_MAX]);
