"""The lines of several pipes, as they come."""

import threading
import time
from queue import Empty, Queue


class Streams:
    """A thread reads each pipe, so that whoever writes never waits for us."""

    def __init__(self):
        self.queue = Queue()
        self.readers = []

    def add(self, name, pipe):
        reader = threading.Thread(target=self._read, args=(name, pipe), daemon=True)
        self.readers.append(reader)
        reader.start()

    def _read(self, name, pipe):
        for line in pipe:
            self.queue.put((name, line.rstrip("\n")))

    def lines(self, timeout_s):
        """Yield (name, line) for timeout_s seconds, or until all pipes are closed and read."""
        deadline = time.monotonic() + timeout_s
        left_s = timeout_s
        while left_s >= 0:
            try:
                yield self.queue.get(timeout=0 if self.all_read() else left_s)
            except Empty:
                return
            left_s = deadline - time.monotonic()

    def all_read(self):
        return not any(reader.is_alive() for reader in self.readers)

    def all_ended(self):
        return self.all_read() and self.queue.empty()
