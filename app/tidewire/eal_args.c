#include "tidewire/eal_args.h"
#include <ctype.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "operator/sink/sink.h"
#include "operator/source/source.h"

enum {
	MEMORY_MB = 2048, // mapped, and used as it is touched
	HUGE_MEMORY_MB_MIN = 256, // with fewer hugepages the heap would be too small to start
	HUGE_MEMORY_MB_MAX = 1024,
};

__attribute__((format(printf, 2, 3))) static void add(
	struct eal_args *args, const char *format, ...)
{
	char *at = args->text + args->text_used;
	size_t room = sizeof(args->text) - args->text_used;
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(at, room, format, list);
	va_end(list);
	if (args->argc == EAL_ARGS_MAX || len < 0 || (size_t)len >= room)
		return;
	args->argv[args->argc++] = at;
	args->text_used += (size_t)len + 1;
}

// Main lcore 0 coordinates and mostly sleeps: it shares the first CPU with a worker, so that every
// CPU has one.
static void add_lcores(struct eal_args *args)
{
	char list[EAL_ARG_TEXT_MAX / 2];
	size_t len = 0;
	int lcore = 1;
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE && len < sizeof(list) - 32; cpu++) {
		if (!CPU_ISSET(cpu, &cpus))
			continue;
		if (lcore == 1)
			len += (size_t)snprintf(list, sizeof(list), "0@%d", cpu);
		len += (size_t)snprintf(list + len, sizeof(list) - len, ",%d@%d", lcore++, cpu);
	}
	add(args, "--lcores=%s", list);
}

// "0000:3b:00.0" or "3b:00.0"
static bool is_pci_address(const char *name)
{
	size_t n_colons = 0;

	if (strchr(name, '.') == NULL)
		return false;
	for (; *name != '\0'; name++) {
		n_colons += *name == ':';
		if (!isxdigit((unsigned char)*name) && *name != ':' && *name != '.')
			return false;
	}
	return n_colons == 1 || n_colons == 2;
}

static const char *port_of(const struct stage *stage)
{
	if (stage->kind == STAGE_SOURCE)
		return ((const struct source_config *)stage->head->config)->port;
	if (stage->kind == STAGE_SINK)
		return ((const struct sink_config *)stage->head->config)->port;
	return NULL;
}

static void add_ports(struct eal_args *args, const struct job *job)
{
	bool any = false;

	for (uint32_t i = 0; i < job->n_stages; i++) {
		const char *port = port_of(job->stages[i]);

		if (port == NULL || !is_pci_address(port))
			continue;
		add(args, "--allow=%s", port);
		any = true;
	}
	if (!any)
		add(args, "--no-pci");
}

static unsigned long free_hugepages_mb(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * 2;
}

static void add_memory(struct eal_args *args, bool quiet)
{
	unsigned long mb = getenv(EAL_ARGS_NO_HUGE) == NULL ? free_hugepages_mb() : 0;

	args->has_hugepages = mb >= HUGE_MEMORY_MB_MIN;
	if (args->has_hugepages) {
		add(args, "--in-memory");
		add(args, "-m");
		add(args, "%lu", mb < HUGE_MEMORY_MB_MAX ? mb : (unsigned long)HUGE_MEMORY_MB_MAX);
		return;
	}
	if (!quiet)
		fprintf(stderr,
			"tidewire: no free hugepages, running without: slower; to get them: "
			"echo 1024 > /proc/sys/vm/nr_hugepages\n");
	add(args, "--no-huge");
	add(args, "--no-shconf");
	add(args, "-m");
	add(args, "%d", MEMORY_MB);
}

void eal_args_default(struct eal_args *args, char *program, const struct job *job, bool quiet)
{
	*args = (struct eal_args){.argc = 1, .argv = {program}};
	add_lcores(args);
	add_ports(args, job);
	add_memory(args, quiet);
	add(args, "--file-prefix=tidewire%d", (int)getpid());
	add(args, "--no-telemetry");
	add(args, "--log-level=*:warning");
}
