"""The processes of a bench: the gateway, the echo and the proxies and servers of the baselines.

Each listens on a loopback port of its own and ends with the bench that started it.
"""

import contextlib
import getpass
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time

START_SECONDS = 60
CALL_SECONDS = 240
# A bench calls oftener than the gateway's quotas let one key or one party call: the options that raise them
# for its gateway stand here.
QUOTA_OPTIONS = ("--key-rate", "1000000", "--party-rate", "1000000")


class BenchError(Exception):
    """Something did not work; the text says what and what was said."""


def as_user(user):
    """What subprocess is to be told so that a program runs as another user; None: as this one."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def run(command, *, seconds=CALL_SECONDS, environment=None, cwd=None, shown=False, user=None):
    """What a command printed; what it says meanwhile is shown where `shown`."""
    try:
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                              stderr=None if shown else subprocess.PIPE, text=True, check=False,
                              timeout=seconds, stdin=subprocess.DEVNULL, cwd=cwd, **as_user(user),
                              env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired as late:
        raise BenchError(f"{command[0]}: no end after {seconds} s") from late
    if done.returncode != 0:
        raise BenchError(f"{' '.join(map(str, command))}\nexit {done.returncode}: {(done.stderr or '')[-2000:]}")
    return done.stdout


def measured(command, *, seconds):
    """What a command printed, and {seconds, cpu_seconds, peak_mib} of it."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as said, subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
            text=True) as process:
        late = threading.Timer(seconds, process.kill)
        late.start()
        out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - began
        late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            raise BenchError(f"{' '.join(map(str, command))}\nexit {process.returncode}: {out[-500:]} {said.read()[-2000:]}")
    return out, {"seconds": took, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mib": used.ru_maxrss / 1024}


def free_port():
    """A port that nobody has, for programs that do not choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def started(command, log, ready, user=None):
    """A process that lives for the scope, once `ready()` is true."""
    with open(log, "ab") as output:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=output, **as_user(user))
    try:
        for _ in range(START_SECONDS * 20):
            if ready():
                break
            # Until it serves or ends.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
                raise BenchError(f"{command[0]} ended: {pathlib.Path(log).read_text()[-2000:]}")
        else:
            raise BenchError(f"{command[0]} does not serve after {START_SECONDS} s")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Gateway:
    """A running gateway."""

    def __init__(self, pid, port):
        self.pid = pid
        self.port = port

    def peak_kib(self):
        """Most resident memory so far."""
        return self._status("VmHWM")

    def written_bytes(self):
        """Bytes that it has had written to disk so far."""
        lines = pathlib.Path(f"/proc/{self.pid}/io").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))

    def _status(self, name):
        lines = pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name))


@contextlib.contextmanager
def gateway(bench, around=()):
    """The gateway on the bench's installation; `around` is what it is started by, such as strace, which ends
    with it."""
    port_file = bench.folder / "files/port"
    port_file.unlink(missing_ok=True)
    command = [*around, bench.program("gateway/server/passerelle-gateway"), "--data", bench.folder / "data",
               "--listen", "127.0.0.1:0", "--certificate", bench.folder / "ids/gateway.pem",
               "--key", bench.folder / "ids/gateway.key", "--port-file", port_file, *QUOTA_OPTIONS]
    with started(command, bench.folder / "gateway.log", port_file.exists) as process:
        port = int(port_file.read_text())
        bench.point_profiles(port)
        pid = process.pid
        if around:
            pid = int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
        yield Gateway(pid, port)
        os.kill(pid, signal.SIGTERM)
        process.wait(30)


@contextlib.contextmanager
def echo(bench, *, plain=False):
    """The baseline's server, with the certificates of the gateway; gives its port."""
    port_file = bench.folder / f"echo-{plain}.port"
    port_file.unlink(missing_ok=True)
    ids = bench.folder / "ids"
    command = [bench.program("tests/bench/passerelle_tests_bench_echo_server"), "--certificate", ids / "gateway.pem",
               "--key", ids / "gateway.key", "--roots", bench.folder / "pki/ca.pem", "--signer", ids / "sender.pem",
               "--port-file", port_file, *(["--plain"] if plain else [])]
    with started(command, bench.folder / "echo.log", port_file.exists) as process:
        yield process.pid, int(port_file.read_text())


NGINX = """
daemon off;
{user}
worker_processes {cores};
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 0;
  keepalive_requests 10000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream echo {{
    server 127.0.0.1:{upstream};
    keepalive 64;
    keepalive_requests 10000000;
  }}
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {ids}/gateway.pem;
    ssl_certificate_key {ids}/gateway.key;
    ssl_client_certificate {ca};
    ssl_verify_client on;
    ssl_protocols TLSv1.3;
    location / {{ grpc_pass grpc://echo; }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(bench, upstream):
    """nginx with mutual TLS in front of an echo; gives its port."""
    folder = bench.folder / "nginx"
    folder.mkdir(exist_ok=True)
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(
        folder=folder, ids=bench.folder / "ids", ca=bench.folder / "pki/ca.pem", port=port, upstream=upstream,
        cores=os.cpu_count(), user=f"user {getpass.getuser()};" if os.geteuid() == 0 else ""))
    with started(["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", folder / "error.log"],
                 folder / "said.log", lambda: is_open(port)):
        yield port


SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile {folder}/pid
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


@contextlib.contextmanager
def sshd(bench):
    """An sshd for the current user; gives the words of an sftp to it, but for the batch."""
    folder = bench.folder / "sshd"
    folder.mkdir(exist_ok=True)
    for name in ("host", "user"):
        if not (folder / name).exists():
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name])
    port = free_port()
    (folder / "config").write_text(SSHD.format(port=port, folder=folder))
    if os.geteuid() == 0:
        # Where sshd looks before it serves as root; Debian's unit makes it.
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
    with started(["/usr/sbin/sshd", "-D", "-e", "-f", folder / "config"], folder / "said.log",
                 lambda: is_open(port)):
        yield ["sftp", "-q", "-P", str(port), "-i", str(folder / "user"), "-o", "StrictHostKeyChecking=no",
               "-o", f"UserKnownHostsFile={folder}/known", "-o", "IdentitiesOnly=yes"]
