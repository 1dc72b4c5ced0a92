"""A key service on loopback: moto's, which does what KMS does; and one that only refuses."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tactful.adapters.kms_keys import KmsKeys

REGION = "eu-central-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@dataclass(frozen=True, kw_only=True)
class KeyService:
    """A running service, and one key in it."""

    address: str
    client: Any
    key: str

    def store(
        self, folder: Path, *, region: str = REGION, endpoint_url: str | None = None
    ) -> KmsKeys:
        """Return a key store that keeps wrapped keys in *folder*."""
        return KmsKeys(
            folder=folder,
            shop="The Tea Room",
            key_id=self.key,
            region=region,
            endpoint_url=self.address if endpoint_url is None else endpoint_url,
        )

    def another_key(self) -> str:
        """Make another key and return its ARN."""
        return str(self.client.create_key()["KeyMetadata"]["Arn"])


@contextmanager
def key_service() -> Iterator[KeyService]:
    """Run moto's KMS until the block ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        address = "http://{}:{}".format(*server.get_host_and_port())
        with pytest.MonkeyPatch.context() as patch:
            for name, value in CREDENTIALS.items():
                patch.setenv(name, value)
            client = boto3.client("kms", region_name=REGION, endpoint_url=address)
        key = str(client.create_key()["KeyMetadata"]["Arn"])
        yield KeyService(address=address, client=client, key=key)
        client.close()
    finally:
        server.stop()


class _Refusal(BaseHTTPRequestHandler):
    """Answers every call with the error that the server was made for."""

    def do_POST(self) -> None:
        """Refuse."""
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"__type": self.server.code, "message": "arn of somebody"}).encode()  # type: ignore[attr-defined]
        self.send_response(400)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def refusing(code: str) -> Iterator[str]:
    """Run a service that answers everything with the error *code*; yield its address."""
    server = HTTPServer(("127.0.0.1", 0), _Refusal)
    server.code = code  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
