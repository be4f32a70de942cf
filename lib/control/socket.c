#include "control/socket.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "control/control.h"

// Nobody can connect before we listen, so the mode is in force by then.
static int serve(int fd, const struct sockaddr_un *address)
{
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ||
		chmod(address->sun_path, S_IRUSR | S_IWUSR) < 0)
		return -1;
	return listen(fd, CONTROL_CLIENTS_MAX);
}

int control_socket(int dir, bool is_server)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int type = SOCK_STREAM | SOCK_CLOEXEC | (is_server ? SOCK_NONBLOCK : 0);
	int fd = socket(AF_UNIX, type, 0), result, code;

	if (fd < 0)
		return -1;
	// A directory's own path may be longer than an address can be.
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" CONTROL_SOCKET,
		dir);
	if (is_server)
		result = serve(fd, &address);
	else
		result = connect(fd, (const struct sockaddr *)&address, sizeof(address));
	if (result == 0)
		return fd;
	code = errno;
	close(fd);
	errno = code;
	return -1;
}
