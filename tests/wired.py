"""A crawl of the wire alone, in a process of its own: asked for by a test, handed back as the captures it gave."""

from __future__ import annotations

import json
import os
import pickle
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme

from archive.records import Capture
from tests.oddserver import OddServer

DRIVER = Path(__file__).with_name("wire_crawl.py")
HOST = "press.test"
# Scrapy's own stations, which a crawl of an outlet does not use.
FOLLOWING: dict[str, Any] = {
    "REDIRECT_ENABLED": True,
    "ROBOTSTXT_OBEY": True,
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": 100,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    },
}
PATIENCE = 0.3  # seconds; a crawl's is longer


@dataclass
class Wired:
    captures: list[Capture]
    answers: dict[str, tuple[int, int]]
    errors: dict[str, tuple[str, str]]

    def of(self, path: str) -> list[Capture]:
        return [capture for capture in self.captures if capture.url.partition(HOST)[2] == path]

    def one(self, path: str) -> Capture:
        (found,) = self.of(path)
        return found


def crawl(folder: Path, requests: list[dict[str, Any]], authority: Path | None = None, **settings: object) -> Wired:
    order, out = folder / "order.json", folder / "out.pickle"
    order.write_text(json.dumps({"requests": requests, "settings": settings}), "utf-8")
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    kept.pop("SSL_CERT_FILE", None)
    environment = {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}
    if authority:
        environment["SSL_CERT_FILE"] = str(authority)
    command = [sys.executable, str(DRIVER), str(order), str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return Wired(*pickle.loads(out.read_bytes()))


def table(scheme: str, server: OddServer, host: str = HOST) -> dict[str, str]:
    return {f"{host}:{443 if scheme == 'https' else 80}": f"127.0.0.1:{server.port}"}


def context_for(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context
