// One message as framing found it: a JSON object, a CSV line, a fixed binary record.
#pragma once
#include <stdint.h>

struct message {
	const uint8_t
		*data; // len bytes that whoever handed the message over keeps while it is decoded
	uint32_t len;
};
