// The socket of a state directory, for both of its ends.
#pragma once
#include <stdbool.h>

// A stream socket on control.sock in the directory dir (a descriptor): listening, for our own user
// alone, or connected. Returns a descriptor, or −1 with errno: ENOENT or ECONNREFUSED when nobody
// listens there.
int control_socket(int dir, bool is_server);
