"""A proxy in front of an S3 server that does what networks and servers do on bad days, by a plan that can be repeated.

It takes requests off whole, so that each fault happens at a known place: before the server was reached, while it was
being told, after it had acted, or on the way back.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

FAULTS = (
    "500",  # refused without being passed on
    "503",  # SlowDown
    "500-after",  # the server acted, and said that it had failed
    "cut-before",  # the connection ends before the server hears of it
    "cut-during",  # the server gets half the request
    "cut-after",  # the server acted, its answer is lost
    "silence-before",  # nothing is passed on and nothing comes back until the caller gives up
    "silence-after",  # the server acted, nothing comes back
    "drip",  # the answer comes in small pieces
    "torn",  # half of the answer's body, then the connection ends
    "short",  # the last bytes are left out, and the length says so
    "flip-up",  # one byte of what is sent is another when it arrives
    "flip-down",  # one byte of what is read is another when it arrives
)
_SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>%b</Code><Message>practice</Message>'
    b"<RequestId>1</RequestId></Error>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request or an answer, taken off whole."""

    start: bytes
    headers: tuple[bytes, ...]
    body: bytes

    @property
    def method(self) -> str:
        return self.start.split(b" ")[0].decode()

    @property
    def path(self) -> str:
        return self.start.split(b" ")[1].decode()

    def header(self, name: bytes) -> bytes | None:
        found = [line.split(b":", 1)[1].strip() for line in self.headers if line.lower().startswith(name + b":")]
        return found[0] if found else None

    def to_bytes(self) -> bytes:
        return b"\r\n".join((self.start, *self.headers, b"", self.body))

    def with_body(self, body: bytes) -> Message:
        """Another body of another length, and a length that fits."""
        kept = tuple(line for line in self.headers if not line.lower().startswith(b"content-length:"))
        return replace(self, headers=(*kept, b"Content-Length: %d" % len(body)), body=body)


Plan = Callable[[Message], str]


class Seeded:
    """Faults by a seed: a share of all requests, never more than so many in a row, so that patience can suffice."""

    def __init__(self, seed: int, share: float = 0.3, row: int = 3, faults: tuple[str, ...] = FAULTS) -> None:
        self.random = random.Random(seed)
        self.share, self.row, self.faults = share, row, faults
        self._in_row = 0

    def __call__(self, asked: Message) -> str:
        if self._in_row < self.row and self.random.random() < self.share:
            self._in_row += 1
            return self.random.choice(self.faults)
        self._in_row = 0
        return ""


class FaultProxy:
    """Listens on a port of its own and passes on to `server`; the plan may be changed between requests."""

    def __init__(
        self,
        server: int,
        plan: Plan = lambda asked: "",
        seed: int = 0,
        *,
        overlooked: bytes = b"-",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.server, self.plan, self.tls = server, plan, tls
        self.overlooked = overlooked  # a header that the server behind never gets to see
        self.asked: list[Message] = []  # without their bodies
        self.done: Counter[str] = Counter()  # faults by name
        self.port = 0
        self._random = random.Random(seed)
        self._over: asyncio.Event
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    @property
    def endpoint(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while (asked := await _read(reader, writer)) is not None:
                self.asked.append(replace(asked, body=b""))
                fault = self.plan(asked)
                self.done[fault] += 1
                if not await self._answer(asked, fault, reader, writer):
                    break
        writer.transport.abort()  # a cut, where one is meant; nothing waits to be written otherwise

    async def _answer(  # noqa: PLR0911  # a return for each place where a connection can end
        self, asked: Message, fault: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection goes on."""
        if fault in ("500", "503"):
            return await _say(writer, _refusal(fault, asked))
        if fault == "cut-before":
            return False
        if fault == "silence-before":
            await reader.read(1)  # until the caller hangs up
            return False
        if fault == "flip-up":
            asked = replace(asked, body=self._flipped(asked.body))
        answer = await self._pass_on(asked, half=fault == "cut-during")
        if answer is None or fault == "cut-after":
            return False
        if fault == "silence-after":
            await reader.read(1)
            return False
        if fault == "500-after":
            answer = _refusal("500", asked)
        if asked.method == "HEAD":
            return await _say(writer, answer)
        return await self._spoil(answer, fault, writer)

    async def _spoil(self, answer: Message, fault: str, writer: asyncio.StreamWriter) -> bool:
        if fault == "flip-down" and answer.start.split(b" ")[1].startswith(b"2"):
            return await _say(writer, replace(answer, body=self._flipped(answer.body)))
        if fault == "short" and answer.start.split(b" ")[1].startswith(b"2"):
            return await _say(writer, answer.with_body(answer.body[:-3]))
        if fault == "torn":
            writer.write(answer.to_bytes()[: -(len(answer.body) // 2) or None])
            await writer.drain()
            return not answer.body
        if fault == "drip":
            data = answer.to_bytes()
            step = -(-len(data) // 20)
            for at in range(0, len(data), step):
                writer.write(data[at : at + step])
                await writer.drain()
                await asyncio.sleep(0.002)
            return True
        return await _say(writer, answer)

    async def _pass_on(self, asked: Message, *, half: bool) -> Message | None:
        """The server's answer; None when only half was passed on, or nobody listens."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server)
        except OSError:
            return None
        try:
            seen = tuple(line for line in asked.headers if not line.lower().startswith(self.overlooked + b":"))
            data = replace(asked, headers=seen).to_bytes()
            writer.write(data[: len(data) - len(asked.body) // 2 - 1] if half else data)
            await writer.drain()
            return None if half else await _read(reader, None, bodiless=asked.method == "HEAD")
        finally:
            writer.transport.abort() if half else writer.close()

    def _flipped(self, body: bytes) -> bytes:
        if not body:
            return body
        at = self._random.randrange(len(body))
        return body[:at] + bytes([body[at] ^ 1 << self._random.randrange(8)]) + body[at + 1 :]


async def _say(writer: asyncio.StreamWriter, answer: Message) -> bool:
    writer.write(answer.to_bytes())
    await writer.drain()
    return True


async def _read(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None, *, bodiless: bool = False
) -> Message | None:
    """The next message; None at the end. With a writer, whoever waits to be asked for the body is asked."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        start, *headers = head[:-4].split(b"\r\n")
        if not start.startswith(b"HTTP/1.1 100"):
            break
    message = Message(start=start, headers=tuple(headers), body=b"")
    if message.header(b"expect") and writer is not None:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        headers = [line for line in headers if not line.lower().startswith(b"expect:")]
        message = replace(message, headers=tuple(headers))
    if bodiless or start.startswith((b"HTTP/1.1 204", b"HTTP/1.1 304")):
        return message
    if (message.header(b"transfer-encoding") or b"").lower() == b"chunked":
        return _whole(message, await _chunks(reader))
    return replace(message, body=await reader.readexactly(int(message.header(b"content-length") or 0)))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


def _whole(message: Message, body: bytes) -> Message:
    kept = tuple(line for line in message.headers if not line.lower().startswith(b"transfer-encoding:"))
    return replace(message, headers=kept).with_body(body)


def _refusal(fault: str, asked: Message) -> Message:
    start, code = {
        "500": (b"HTTP/1.1 500 Internal Server Error", b"InternalError"),
        "503": (b"HTTP/1.1 503 Service Unavailable", b"SlowDown"),
    }[fault]
    said = Message(start=start, headers=(b"Content-Type: application/xml",), body=b"").with_body(_SLOW_DOWN % code)
    return replace(said, body=b"") if asked.method == "HEAD" else said


@contextlib.contextmanager
def between(
    server: int,
    plan: Plan = lambda asked: "",
    seed: int = 0,
    *,
    overlooked: bytes = b"-",
    tls: ssl.SSLContext | None = None,
) -> Iterator[FaultProxy]:
    """A proxy for the length of a test."""
    proxy = FaultProxy(server, plan, seed, overlooked=overlooked, tls=tls)
    try:
        yield proxy
    finally:
        proxy.close()
