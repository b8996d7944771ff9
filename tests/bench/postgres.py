"""A PostgreSQL cluster of the bench's own: an unprivileged user, a unix socket, Debian's defaults."""

import contextlib
import os
import pathlib
import re
import shutil
import tempfile

import processes

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
# Who serves it where the bench runs as root, which PostgreSQL refuses: Debian's package brings it.
USER = "postgres"
SETTINGS = ("server_version", "fsync", "synchronous_commit", "wal_sync_method", "full_page_writes", "commit_delay",
            "shared_buffers")


class Postgres:
    """A running cluster."""

    def __init__(self, socket, user, folder):
        self._where = ["-h", socket, "-U", "bench"]
        self._user = user
        self._folder = folder

    def ask(self, sql):
        return processes.run([PROGRAMS / "psql", *self._where, "-d", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1",
                              "-c", sql], user=self._user).strip()

    def settings(self):
        return {name: self.ask(f"SHOW {name}") for name in SETTINGS}

    def commits(self, clients, seconds, size):
        """Single-row commits of so many bytes from so many clients: {appends_per_second, seconds, p50_us}."""
        # Empty before each run, as ours is.
        self.ask("DROP TABLE IF EXISTS entries; "
                 "CREATE TABLE entries(idx bigserial PRIMARY KEY, bytes bytea NOT NULL); CHECKPOINT")
        script = self._folder / "append.sql"
        script.write_text(f"INSERT INTO entries(bytes) VALUES ('\\x{os.urandom(size).hex()}');\n")
        script.chmod(0o644)
        said = processes.run([PROGRAMS / "pgbench", *self._where, "-n", "-M", "prepared", "-c", clients, "-j",
                              min(clients, os.cpu_count()), "-T", seconds, "-f", script, "postgres"], user=self._user)
        rate = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
        latency = re.search(r"^latency average = ([\d.]+) ms", said, re.MULTILINE)
        if rate is None or latency is None:
            raise processes.BenchError(f"pgbench said: {said}")
        stored = self.ask("SELECT count(*), min(length(bytes)), max(length(bytes)) FROM entries").split("|")
        if int(stored[0]) < float(rate[1]) or stored[1:] != [str(size)] * 2:
            raise processes.BenchError(f"PostgreSQL stored {stored}")
        return {"appends_per_second": float(rate[1]), "seconds": seconds, "rows": int(stored[0]),
                "mean_us": 1000 * float(latency[1])}


@contextlib.contextmanager
def cluster(bench):
    """A cluster on the disk of the build tree, which goes with the scope."""
    user = USER if os.geteuid() == 0 else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postgres-", dir=bench.tree))
    # A socket's path has to be short.
    socket = pathlib.Path(tempfile.mkdtemp(prefix="passerelle-bench-"))
    try:
        for path in (folder, socket):
            if user is not None:
                shutil.chown(path, user, user)
        processes.run([PROGRAMS / "initdb", "-D", folder / "data", "-U", "bench", "-A", "trust", "-E", "UTF8",
                       "--locale=C"], user=user)

        def ready():
            try:
                processes.run([PROGRAMS / "pg_isready", "-q", "-h", socket], user=user)
            except processes.BenchError:
                return False
            return True

        command = [PROGRAMS / "postgres", "-D", folder / "data", "-c", "listen_addresses=", "-c",
                   f"unix_socket_directories={socket}"]
        with processes.started(command, bench.folder / "postgres.log", ready, user=user):
            yield Postgres(socket, user, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(socket, ignore_errors=True)
