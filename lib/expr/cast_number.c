// Casts among BOOLEAN, integers, FLOAT and DOUBLE: as Java's primitive casts. Integers wrap around;
// a floating-point number is cut to its integer part and to the range of INT or BIGINT, NaN is 0.
#include "expr/cast.h"

static inline int64_t to_int64(double value)
{
	if (value >= 0x1p63)
		return INT64_MAX;
	if (value < -0x1p63)
		return INT64_MIN;
	return value == value ? (int64_t)value : 0;
}

static inline int32_t to_int32(double value)
{
	if (value >= 0x1p31)
		return INT32_MAX;
	if (value < -0x1p31)
		return INT32_MIN;
	return value == value ? (int32_t)value : 0;
}

#define FROM_INTEGER(A)                               \
	KERNEL_UNARY(A##_to_bool, uint8_t, A, a != 0) \
	KERNEL_UNARY(A##_to_i8, int8_t, A, a)         \
	KERNEL_UNARY(A##_to_i16, int16_t, A, a)       \
	KERNEL_UNARY(A##_to_i32, int32_t, A, a)       \
	KERNEL_UNARY(A##_to_i64, int64_t, A, a)       \
	KERNEL_UNARY(A##_to_f32, float, A, a)         \
	KERNEL_UNARY(A##_to_f64, double, A, a)

#define FROM_FLOAT(A)                                             \
	KERNEL_UNARY(A##_to_bool, uint8_t, A, a != 0)             \
	KERNEL_UNARY(A##_to_i8, int8_t, A, to_int32((double)a))   \
	KERNEL_UNARY(A##_to_i16, int16_t, A, to_int32((double)a)) \
	KERNEL_UNARY(A##_to_i32, int32_t, A, to_int32((double)a)) \
	KERNEL_UNARY(A##_to_i64, int64_t, A, to_int64((double)a)) \
	KERNEL_UNARY(A##_to_f32, float, A, a)                     \
	KERNEL_UNARY(A##_to_f64, double, A, a)

FROM_INTEGER(uint8_t)
FROM_INTEGER(int8_t)
FROM_INTEGER(int16_t)
FROM_INTEGER(int32_t)
FROM_INTEGER(int64_t)
FROM_FLOAT(float)
FROM_FLOAT(double)

#define CASTS_FROM(A)                                         \
	{                                                     \
		[TYPE_BOOLEAN] = {A##_to_bool, KERNEL_DENSE}, \
		[TYPE_TINYINT] = {A##_to_i8, KERNEL_DENSE},   \
		[TYPE_SMALLINT] = {A##_to_i16, KERNEL_DENSE}, \
		[TYPE_INT] = {A##_to_i32, KERNEL_DENSE},      \
		[TYPE_BIGINT] = {A##_to_i64, KERNEL_DENSE},   \
		[TYPE_FLOAT] = {A##_to_f32, KERNEL_DENSE},    \
		[TYPE_DOUBLE] = {A##_to_f64, KERNEL_DENSE},   \
	}

static const struct kernel kernels[TYPE_DOUBLE + 1][TYPE_DOUBLE + 1] = {
	[TYPE_BOOLEAN] = CASTS_FROM(uint8_t),
	[TYPE_TINYINT] = CASTS_FROM(int8_t),
	[TYPE_SMALLINT] = CASTS_FROM(int16_t),
	[TYPE_INT] = CASTS_FROM(int32_t),
	[TYPE_BIGINT] = CASTS_FROM(int64_t),
	[TYPE_FLOAT] = CASTS_FROM(float),
	[TYPE_DOUBLE] = CASTS_FROM(double),
};

const struct kernel *cast_number(struct type from, struct type to)
{
	const struct kernel *kernel;

	if (from.kind > TYPE_DOUBLE || to.kind > TYPE_DOUBLE)
		return NULL;
	kernel = &kernels[from.kind][to.kind];
	return kernel->run != NULL ? kernel : NULL;
}
