"""A real S3 server for tests: SeaweedFS on loopback with credentials, started, killed and stopped by its pid."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

PROGRAM = Path(__file__).parent.parent / ".venv-replay" / "bin" / "weed"
BUCKET = "shelves"
ACCESS, SECRET = "practice", "practice-secret"
PATIENCE = 60.0  # seconds until the server must answer on a busy machine; 2 to 4 are usual
_LISTENERS = ("master.port", "volume.port", "filer.port", "s3.port")


class Seaweed:
    """One server over one folder. `kill` is SIGKILL; `start` on the same folder and port goes on where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ports = dict(zip((*_LISTENERS, *(f"{one}.grpc" for one in _LISTENERS)), free_ports(8), strict=True))
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        identity = {
            "name": "practice",
            "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))

    @property
    def port(self) -> int:
        return self._ports["s3.port"]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def environment(self) -> Mapping[str, str]:
        """What boto3 reads; a proxy in front takes the endpoint's place."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def _command(self) -> list[str]:
        said = {
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "dir": self.folder,
            "s3.config": self.folder / "s3.json",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.localSocket": self.folder / "s3.sock",
            "filer.localSocket": self.folder / "filer.sock",
            "master.volumeSizeLimitMB": 64,
            "master.telemetry": "false",
            "master.electionTimeout": "1s",
            "volume.max": 40,
            "volume.preStopSeconds": 0,
            **self._ports,
        }
        return [str(PROGRAM), "server", "-s3", "-filer", *(f"-{name}={value}" for name, value in said.items())]

    def start(self) -> None:
        """Start the server and wait until it keeps what is put."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE
        client = self.client()
        while True:
            try:
                with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
                    client.create_bucket(Bucket=BUCKET)
                client.put_object(Bucket=BUCKET, Key="awake", Body=b"awake")
                return
            except (BotoCoreError, ClientError):
                assert self._process is not None
                said = (self.folder / "log").read_text("utf-8", "replace")[-3000:]
                assert self._process.poll() is None, f"SeaweedFS ended at once:\n{said}"
                assert time.monotonic() < deadline, f"SeaweedFS does not answer:\n{said}"
                time.sleep(0.05)  # no event tells that a server of somebody else listens

    def client(self):  # type: ignore[no-untyped-def]  # boto3's stubs name the client by its service
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5),
        )

    def plant(self, keys: Iterable[str]) -> None:
        """Put many small objects past S3, which takes a third of the time."""
        filer = http.client.HTTPConnection("127.0.0.1", self._ports["filer.port"], timeout=30)
        with contextlib.closing(filer):
            for key in keys:
                filer.request("PUT", quote(f"/buckets/{BUCKET}/{key}"), b"x", {"Content-Type": "text/plain"})
                answer = filer.getresponse()
                answer.read()
                assert answer.status == 201, answer.status

    def kill(self) -> None:
        """SIGKILL: what the server had not written is lost, as in a fall."""
        self._end(hard=True)

    def stop(self) -> None:
        self._end(hard=False)

    def sweep(self) -> None:
        """Take away the sockets of its inner talk, whose place nobody can choose and which a killed one leaves."""
        for name, port in self._ports.items():
            kind = name.partition(".")[0]
            (Path("/tmp") / f"seaweedfs-{kind}-grpc-{port}.sock").unlink(missing_ok=True)

    def _end(self, *, hard: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        (process.kill if hard else process.terminate)()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_ports(number: int) -> list[int]:
    """Ports nobody listens on now, all different."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextlib.contextmanager
def running() -> Iterator[Seaweed]:
    """A server of the test's own, for those that kill it."""
    if not PROGRAM.exists():
        pytest.fail("SeaweedFS is not set up; run make test-services")
    folder = Path(tempfile.mkdtemp(prefix="astana-s3-"))
    server = Seaweed(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
        server.sweep()


@pytest.fixture(scope="session")
def seaweed() -> Iterator[Seaweed]:
    """The server that a worker's tests share; they part by prefix, and must not kill it."""
    with running() as server:
        yield server


@pytest.fixture
def bucket(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An empty prefix on the shared server as an ASTANA_STORE, with boto3's variables set."""
    for name, value in seaweed.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{tmp_path.name}"
