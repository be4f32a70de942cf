#include "runtime/runtime.h"
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include "dataplane/clock.h"
#include "dataplane/eal_mem.h"
#include "operator/sink/sink.h"
#include "runtime/checkpoints.h"
#include "runtime/network.h"
#include "runtime/report.h"

enum { COORDINATE_MS = 5, STATE_BYTES_MIN = 64 << 20 };

struct runtime {
	const struct job *job;
	const struct runtime_options *options;
	uint32_t n_workers;
	struct worker workers[RTE_MAX_LCORE];
	struct eal_mem eal_mems[RTE_MAX_LCORE]; // of each worker's node
	struct mem *mems[RTE_MAX_LCORE];
	struct network *network;
	struct topology *topology;
	struct checkpoints *checkpoints; // NULL: none are taken
	pthread_t thread; // the one worker's, when there is no worker lcore
	bool has_thread;
	uint32_t n_launched;
};

// Whether lcores share CPUs, or leave none over for the other threads of the process.
static bool is_crowded(void)
{
	unsigned lcore, n_lcores = 0;
	cpu_set_t all;

	CPU_ZERO(&all);
	RTE_LCORE_FOREACH (lcore) {
		rte_cpuset_t cpus = rte_lcore_cpuset(lcore);

		CPU_OR(&all, &all, &cpus);
		n_lcores++;
	}
	return CPU_COUNT(&all) < (int)n_lcores ||
	       CPU_COUNT(&all) >= (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static void find_workers(struct runtime *runtime)
{
	bool crowded = is_crowded();
	unsigned lcore;

	RTE_LCORE_FOREACH_WORKER (lcore)
		runtime->workers[runtime->n_workers++].lcore_id = lcore;
	if (runtime->n_workers == 0) {
		runtime->workers[runtime->n_workers++].lcore_id = rte_lcore_id();
		runtime->has_thread = true;
	}
	for (uint32_t i = 0; i < runtime->n_workers; i++) {
		uint32_t id = runtime->workers[i].lcore_id;

		eal_mem_init(&runtime->eal_mems[i], (int)rte_lcore_to_socket_id(id));
		runtime->mems[i] = &runtime->eal_mems[i].mem;
		runtime->workers[i].tsc_hz = rte_get_tsc_hz();
		runtime->workers[i].is_crowded = crowded;
	}
}

// What the job says, or half of what EAL has left; EAL may grow beyond what it has, so at least
// some.
static uint64_t state_bytes(const struct job *job)
{
	struct rte_malloc_socket_stats stats;
	uint64_t free_bytes = 0;

	if (job->settings.state_max_memory != 0)
		return job->settings.state_max_memory;
	for (unsigned i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
			free_bytes += stats.heap_freesz_bytes;
	return RTE_MAX(free_bytes / 2, (uint64_t)STATE_BYTES_MIN);
}

// The store of checkpoints, and the job as the one that it goes on from had it.
static int open_checkpoints(struct runtime *runtime, const struct hash_seed *seed, struct err *err)
{
	const struct checkpoints_options options = {
		.settings = &runtime->job->settings.checkpoint,
		.plan = runtime->options->plan,
		.recovery = &runtime->options->recovery,
		.seed = *seed,
		.verbose = runtime->options->verbose,
		.quiet = runtime->options->quiet,
	};

	runtime->checkpoints = checkpoints_open(&options, runtime->topology, err);
	for (uint32_t i = 0; i < runtime->n_workers; i++)
		runtime->workers[i].stays = runtime->checkpoints != NULL;
	return runtime->checkpoints != NULL || errno == 0 ? 0 : -errno;
}

static int open_job(struct runtime *runtime, struct err *err)
{
	const struct recovery *recovery = &runtime->options->recovery;
	struct topology_env env = {
		.n_lcores = runtime->n_workers,
		.mems = runtime->mems,
		.tsc = rte_rdtsc,
		.tsc_hz = rte_get_tsc_hz(),
		.takes_checkpoints = runtime->job->settings.checkpoint.dir != NULL,
		.record_bytes = runtime->job->settings.checkpoint.buffer_bytes,
		.checkpoint = recovery->checkpoint,
		.stop_after = runtime->options->stop_after,
	};
	struct network_options network = {
		.drivers_config_dir = runtime->options->drivers_config_dir,
		.n_lcores = runtime->n_workers,
		.mem = runtime->mems[0],
		.tsc_hz = rte_get_tsc_hz(),
	};

	memcpy(env.seed.bytes, runtime->options->random, sizeof(env.seed.bytes));
	if (recovery->is_found)
		env.seed = recovery->seed;
	// Other bits, since delays of reports can be seen from outside.
	network.random = hash_bytes(&env.seed, "network", strlen("network"));
	runtime->network = network_open(runtime->job, &network, err);
	if (runtime->network == NULL)
		return -EINVAL;
	env.n_rx_tasks = network_n_queues(runtime->network);
	env.state_bytes = state_bytes(runtime->job);
	runtime->topology = topology_new(runtime->job, &env, err);
	if (runtime->topology == NULL || open_checkpoints(runtime, &env.seed, err) < 0)
		return -EINVAL;
	return network_connect(runtime->network, runtime->topology, rte_rdtsc(), err);
}

// Each worker's list of tasks.
static int assign_tasks(struct runtime *runtime, struct err *err)
{
	struct topology *topology = runtime->topology;

	for (uint32_t i = 0; i < runtime->n_workers; i++) {
		struct worker *worker = &runtime->workers[i];

		worker->tasks = mem_zalloc(
			runtime->mems[i], topology->n_tasks * sizeof(*worker->tasks) + 1);
		if (worker->tasks == NULL)
			return err_set(err, ENOMEM, "no memory for lcore %u", worker->lcore_id);
	}
	for (uint32_t t = 0; t < topology->n_tasks; t++) {
		struct worker *worker = &runtime->workers[topology->tasks[t]->lcore_id];

		worker->tasks[worker->n_tasks++] = topology->tasks[t];
	}
	return 0;
}

static void *run_in_thread(void *worker)
{
	rte_thread_register(); // an lcore id, for the mempools' caches
	worker_run(worker);
	rte_thread_unregister();
	return NULL;
}

static int launch(struct runtime *runtime, struct err *err)
{
	if (runtime->has_thread) {
		if (pthread_create(&runtime->thread, NULL, run_in_thread, &runtime->workers[0]) !=
			0)
			return err_set(err, errno, "cannot start a thread");
		runtime->n_launched = 1;
		return 0;
	}
	for (; runtime->n_launched < runtime->n_workers; runtime->n_launched++) {
		struct worker *worker = &runtime->workers[runtime->n_launched];

		if (rte_eal_remote_launch(worker_run, worker, worker->lcore_id) < 0)
			return err_set(err, EBUSY, "cannot start lcore %u", worker->lcore_id);
	}
	return 0;
}

static void join(struct runtime *runtime)
{
	for (uint32_t i = 0; i < runtime->n_launched; i++) {
		atomic_store(&runtime->workers[i].stop, true);
		if (runtime->has_thread)
			pthread_join(runtime->thread, NULL);
		else
			rte_eal_wait_lcore(runtime->workers[i].lcore_id);
	}
}

static void report(struct runtime *runtime)
{
	struct now now;
	struct account account;

	clock_read(&now);
	summary_print(runtime->topology, runtime->workers, runtime->n_workers, now, stderr);
	report_ports(runtime->network, stderr);
	report_captures(runtime->topology, stderr);
	checkpoints_print(runtime->checkpoints, rte_get_tsc_hz(), stderr);
	account_take(&account, runtime->topology);
	report_lost(runtime->network, &account);
	account_print(&account, stderr);
}

// Whether nothing is left to do: the tasks have finished, or nothing comes in any more, and the
// last checkpoint has ended.
static bool is_over(struct runtime *runtime, bool stop)
{
	bool finished = topology_finished(runtime->topology);

	if (runtime->checkpoints == NULL) {
		if (stop)
			topology_stop(runtime->topology);
		return finished;
	}
	if (stop)
		topology_suspend(runtime->topology);
	return (finished || stop) && checkpoints_finish(runtime->checkpoints);
}

// Whatever is not the job's own progress.
static int look_around(struct runtime *runtime, struct runtime_control *control,
	struct progress *progress, struct err *err)
{
	report_replays(runtime->topology, stderr);
	if (control->report) {
		control->report = 0;
		report(runtime);
	}
	if (runtime->options->verbose || runtime->options->show_progress)
		report_progress(progress, runtime->topology, runtime->options->verbose, stderr);
	if (runtime->options->stop_after != 0 && !control->stop &&
		topology_is_at_stop(runtime->topology)) {
		fprintf(stderr, "tidewire: stopped for a test\n");
		control->stop = 1;
	}
	if (runtime->checkpoints == NULL)
		return 0;
	if (checkpoints_poll(runtime->checkpoints, err) < 0)
		return -EIO;
	if (checkpoints_want_stop(runtime->checkpoints))
		control->stop = 1;
	return 0;
}

// The main lcore's loop: until all is done, or something has failed.
static int coordinate(struct runtime *runtime, struct runtime_control *control, struct err *err)
{
	struct timespec pause = {.tv_nsec = COORDINATE_MS * 1000000};
	struct progress progress = {0};

	for (;;) {
		bool over = is_over(runtime, control->stop);
		const struct fault *fault =
			topology_fault(runtime->topology); // also of its last step

		if (fault != NULL) {
			err_set_at(err, fault->pos, "%s", fault->text);
			return -EIO;
		}
		if (over)
			break;
		if (look_around(runtime, control, &progress, err) < 0)
			return -EIO;
		nanosleep(&pause, NULL);
	}
	report_progress_end(&progress, stderr);
	return runtime->checkpoints != NULL ? checkpoints_finished(runtime->checkpoints, err) : 0;
}

// Wait for the files to be written. The first failure counts.
static int close_sinks(struct runtime *runtime, struct err *err)
{
	int result = 0;

	for (uint32_t t = 0; t < runtime->topology->n_tasks; t++) {
		struct task *task = runtime->topology->tasks[t];

		for (uint32_t i = 0; i < task->n_ops; i++) {
			if (task->ops[i]->spec->kind != &sink_kind)
				continue;
			if (sink_close(task->ops[i], err) < 0)
				result = -EIO;
		}
	}
	return result;
}

static void finish(struct runtime *runtime, char *account_line, size_t account_size)
{
	struct account account;
	struct now now;
	FILE *line;

	clock_read(&now);
	if (!runtime->options->quiet) {
		summary_print(runtime->topology, runtime->workers, runtime->n_workers, now, stderr);
		report_ports(runtime->network, stderr);
		report_captures(runtime->topology, stderr);
		checkpoints_print(runtime->checkpoints, rte_get_tsc_hz(), stderr);
	}
	account_take(&account, runtime->topology);
	report_lost(runtime->network, &account);
	line = fmemopen(account_line, account_size, "w");
	if (line != NULL) {
		account_print(&account, line);
		fclose(line);
	}
}

static void announce(const struct runtime *runtime)
{
	fprintf(stderr, "tidewire: running: %u tasks on %u lcores, parallelism %u",
		runtime->topology->n_tasks, runtime->n_workers, runtime->topology->parallelism);
	for (uint32_t i = 0; i < runtime->network->n_ports; i++)
		fprintf(stderr, ", port %s", runtime->network->ports[i]->port.name);
	fputc('\n', stderr);
}

static void runtime_close(struct runtime *runtime)
{
	network_close(runtime->network, rte_rdtsc());
	checkpoints_close(runtime->checkpoints);
	topology_free(runtime->topology);
	for (uint32_t i = 0; i < runtime->n_workers; i++)
		mem_free(runtime->mems[i], runtime->workers[i].tasks);
	rte_free(runtime);
}

int runtime_run(const struct job *job, const struct runtime_options *options,
	struct runtime_control *control, char *account_line, size_t account_size, bool *started,
	struct err *err)
{
	struct runtime *runtime = rte_zmalloc("runtime", sizeof(*runtime), RTE_CACHE_LINE_SIZE);
	int result = 0;

	*started = false;
	if (runtime == NULL)
		return err_set(err, ENOMEM, "no memory to start");
	runtime->job = job;
	runtime->options = options;
	find_workers(runtime);
	if (open_job(runtime, err) < 0 || assign_tasks(runtime, err) < 0) {
		runtime_close(runtime);
		return -EINVAL;
	}
	if (!options->quiet)
		announce(runtime);
	if (runtime->checkpoints != NULL)
		result = checkpoints_start(runtime->checkpoints, err);
	if (result == 0)
		result = launch(runtime, err);
	*started = result == 0;
	if (result == 0)
		result = coordinate(runtime, control, err);
	join(runtime);
	if (*started) {
		if (close_sinks(runtime, err) < 0)
			result = -EIO;
		finish(runtime, account_line, account_size);
	}
	runtime_close(runtime);
	return result;
}
