"""A network between a client and the server that loses answers, or brings requests twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_OF_THE_CONNECTION = {"host", "connection", "content-length", "transfer-encoding"}


@dataclass(slots=True, kw_only=True)
class Network:
    """What stands between; `lost` counts the answers that the client never got."""

    server: str
    losing: int = 0
    copies: int = 1
    address: str = ""
    lost: int = 0
    seen: list[tuple[str, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_on(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """Bring a request to the server; lose the answer if it is time to."""
        for _ in range(self.copies):
            answer = httpx.request(method, f"{self.server}{path}", headers=headers, content=body)
        with self.lock:
            self.seen.append((path, answer.status_code))
            if self.lost < self.losing and method == "POST":
                self.lost += 1
                return 503, b"{}"
        return answer.status_code, answer.content


@contextmanager
def network(server: str, *, losing: int = 0, copies: int = 1) -> Iterator[Network]:
    """Open a network before *server* until the block ends."""
    between = Network(server=server, losing=losing, copies=copies)

    class Handler(BaseHTTPRequestHandler):
        """Hands everything to the network."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Pass a request on, and its answer back."""
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _OF_THE_CONNECTION}
            status, content = between.pass_on(self.command, self.path, headers, self._body())
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            """Pass a question on the same way."""
            self.do_POST()

        def _body(self) -> bytes:
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            chunks = []
            while size := int(self.rfile.readline().strip() or b"0", 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    between.address = f"http://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield between
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
