"""A reviewer's second press: two outlets in layouts of their own, served on two loopback ports.

«المرصاد» is a Lebanese paper with a home-made CMS: windows-1256, div soup, a ticker, dates often without a year.
«بوابة الساحل» is a Gulf portal: UTF-8, JSON state, AMP twins, a bold summary, inline «اقرأ أيضاً», teasers at the foot.

    python -m tests.second_press.serve FOLDER    # writes FOLDER/marsad.yml and FOLDER/sahil.yml, serves until stopped
"""

from __future__ import annotations

import argparse
import contextlib
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.second_press.marsad import answer_marsad
from tests.second_press.pages import Item, Page
from tests.second_press.sahil import answer_sahil

HERE = Path(__file__).parent
Press = dict[str, list[Item]]


def load(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


ANSWERS: dict[str, Callable[[str, list[Item], int], Page | None]] = {"marsad": answer_marsad, "sahil": answer_sahil}
OUTLETS = {
    "marsad": r"""name: المرصاد
english: Marsad
country: LB
timezone: Asia/Beirut
language: ar
hosts: ["127.0.0.1:{port}"]
seeds:
  - {{kind: section, url: "http://127.0.0.1:{port}/news/list/2"}}
story:
  url: ^/news/show/\d+
  id: ^/news/show/(?P<id>\d+)
pace: {{delay: 0.01, concurrency: 1}}
allow_private: true
""",
    "sahil": r"""name: بوابة الساحل
english: Sahil
country: AE
timezone: Asia/Dubai
language: ar
hosts: ["127.0.0.1:{port}"]
seeds:
  - {{kind: section, url: "http://127.0.0.1:{port}/latest"}}
story:
  url: ^/(amp/)?[a-z]+/story/\d+
  id: ^/(?:amp/)?[a-z]+/story/(?P<id>\d+)
pace: {{delay: 0.01, concurrency: 1}}
allow_private: true
""",
}


def server(outlet: str, items: list[Item], port: int) -> ThreadingHTTPServer:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urllib.parse.urlsplit(self.path).path
            bound = int(self.connection.getsockname()[1])
            if path == "/robots.txt":
                page: Page | None = (200, "text/plain", b"User-agent: *\nDisallow: /search\n")
            else:
                page = ANSWERS[outlet](path, items, bound)
            status, kind, body = page or (404, "text/html; charset=utf-8", "<h1>الصفحة غير موجودة</h1>".encode())
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silence."""

    return ThreadingHTTPServer(("127.0.0.1", port), Answer)


@contextlib.contextmanager
def serving(folder: Path, ports: tuple[int, int] = (0, 0)) -> Iterator[dict[str, int]]:
    """Both outlets up, their YAML files in the folder; port 0 takes a free one."""
    press: Press = load("press.json")
    folder.mkdir(parents=True, exist_ok=True)
    up = {name: server(name, press[name], port) for name, port in zip(OUTLETS, ports, strict=True)}
    bound = {name: int(one.server_address[1]) for name, one in up.items()}
    for name, text in OUTLETS.items():
        (folder / f"{name}.yml").write_text(text.format(port=bound[name]), encoding="utf-8")
    for one in up.values():
        threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        yield bound
    finally:
        for one in up.values():
            one.shutdown()
            one.server_close()


def main() -> None:
    words = argparse.ArgumentParser(description="Serves the second press until stopped.")
    words.add_argument("folder", type=Path, help="where the two outlet files go")
    words.add_argument("--ports", type=int, nargs=2, default=(0, 0))
    said = words.parse_args()
    with serving(said.folder, tuple(said.ports)) as bound:
        print(bound, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
