"""Cases that read a file or a capture: killed at any moment from the start of the process on."""

import signal
import subprocess
import time

import case
import inputs
import jobs
from case import Counts, Failure

N_INPUTS = 3
N_ROWS = {"short": 100_000, "long": 400_000}
KILLS_MAX = 6
START_S = 0.15  # before that nothing has been read
RECOVERY_MAX_S = 0.3  # in this time a process starts, and restores
RESTORED = "tidewire: restored"
LCORES = [None, "0@0,1@0", "0@0,1@0,2@1", "0@0,1@1,2@0,3@1"]


def read_table(programs, folder):
    """The rows of the lmdb table, as another program reads them."""
    done = subprocess.run([programs.table, "state", "table.newest"], cwd=folder, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failure(f"the lmdb table cannot be read: {done.stderr.decode(errors='replace')}")
    return case.Counter(done.stdout.splitlines())


class Inputs:
    """Made when they are first asked for, and kept, as are the results without a crash."""

    def __init__(self, folder, size):
        self.folder, self.size, self.references = folder, size, {}

    def get(self, number):
        folder = self.folder / f"input{number}"
        if not folder.exists():
            folder.mkdir()
            rows = list(inputs.lines(number, N_ROWS[self.size], 50 * 8**number))
            inputs.write_csv(folder / "events.csv", rows)
            inputs.write_pcap(folder / "events.pcap", rows, number)
        return folder

    def reference(self, programs, job, source, number, has_table):
        """The rows and the table of a run that nobody disturbs, and how long that takes."""
        key = (job, source, number, has_table)
        if key not in self.references:
            folder = self.get(number)
            script = jobs.script(job, source, "reference.out", has_table=has_table)
            (folder / "reference.sql").write_text(script, encoding="utf-8")
            options = ["--state-dir", "state", "--restore", "none"] if has_table else []
            started = time.monotonic()
            done = subprocess.run(
                case.command(programs.tidewire, "reference.sql", 1, None, options),
                cwd=folder,
                capture_output=True,
                timeout=case.TIMEOUT_S,
                check=False,
            )
            if done.returncode != 0:
                raise Failure(f"without a crash: {done.stderr.decode(errors='replace')}")
            took_s = time.monotonic() - started
            table = read_table(programs, folder) if has_table else None
            self.references[key] = (case.rows_of(folder / "reference.out"), table, took_s)
        return self.references[key]


class Case:
    def __init__(self, programs, rng, folder):
        self.programs, self.rng, self.folder = programs, rng, folder
        self.options = ["--state-dir", "state", *case.checkpoint_options(rng)]
        self.counts = Counts()
        self.savepoint = None  # the newest one that is whole

    def start_once(self, kill_after_s, more=()):
        """Returns True when it was killed, False when it finished."""
        rng = self.rng
        args = case.command(
            self.programs.tidewire, "job.sql", rng.randint(1, 4), rng.choice(LCORES), [*self.options, *more]
        )
        with (self.folder / "stderr.txt").open("ab") as stderr:
            stderr.write(f"---- {args}, to be killed after {kill_after_s} s\n".encode())
            stderr.flush()
            with subprocess.Popen(args, cwd=self.folder, stderr=stderr, stdout=subprocess.DEVNULL) as job:
                try:
                    status = job.wait(kill_after_s if kill_after_s is not None else case.TIMEOUT_S)
                except subprocess.TimeoutExpired:
                    self.end(job, stderr, kill_after_s)
                    return True
        if status != 0:
            raise Failure(f"exit status {name_of(status)}:\n  " + "\n  ".join(self.log()[-5:]))
        return False

    def end(self, job, stderr, kill_after_s):
        if kill_after_s is None:
            job.kill()
            raise Failure(f"still running after {case.TIMEOUT_S} s")
        how = case.way_to_end(self.rng, self.programs)
        stderr.write(f"---- killed: {how}\n".encode())
        savepoint = case.end(job, how, self.rng, self.programs, self.folder / "state")
        if savepoint is not None:
            self.savepoint = savepoint
            self.counts.savepoints += 1
        self.counts.kills += 1

    def log(self):
        return (self.folder / "stderr.txt").read_text(errors="replace").splitlines()

    def kill_often(self, took_s):
        n_wanted = self.rng.randint(1, KILLS_MAX)
        while self.counts.kills < n_wanted:
            if self.rng.random() < 0.25:
                after_s = self.rng.random() * RECOVERY_MAX_S
            else:
                after_s = START_S + self.rng.random() * took_s / 2
            if not self.start_once(after_s, self.restore_options()):
                return

    def restore_options(self):
        """Now and then back to a savepoint."""
        if self.savepoint is None or self.rng.random() < 0.5:
            return []
        path, self.savepoint = self.savepoint, None
        return ["--restore", str(path)]

    def check(self, want, table):
        case.check_rows(want, case.rows_of(self.folder / "out.csv"))
        if table is not None and read_table(self.programs, self.folder) != table:
            raise Failure("the lmdb table has other rows than without a crash")


def name_of(status):
    return signal.Signals(-status).name if status < 0 else status


def run(programs, rng, folder, all_inputs, job):
    """Returns its Counts."""
    source = "pcap" if rng.random() < 0.3 else "file"
    number = rng.randrange(N_INPUTS)
    has_table = programs.table is not None and job in jobs.HAVE_NEWEST and rng.random() < 0.5
    print(f"{job} from {source} {number}{' and an lmdb table' * has_table}", end="", flush=True)
    want, table, took_s = all_inputs.reference(programs, job, source, number, has_table)
    for name in ("events.csv", "events.pcap"):
        (folder / name).symlink_to(all_inputs.get(number) / name)
    script = jobs.script(job, source, "out.csv", has_table=has_table)
    (folder / "job.sql").write_text(script, encoding="utf-8")
    running = Case(programs, rng, folder)
    running.kill_often(took_s)
    running.start_once(None, running.restore_options())
    running.check(want, table)
    if rng.random() < 0.2:  # a job that has ended adds nothing
        running.start_once(None)
        running.check(want, table)
    running.counts.restored = sum(RESTORED in line for line in running.log())
    return running.counts
