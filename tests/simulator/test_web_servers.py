"""Real web servers read the reports, each in its own way."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hbgui.simulator.documented import DOCUMENTED, documented
from hbgui.simulator.reporter import DeliverySettings, ReportCounts
from simulated import call

READ_S = 30.0
"""A busy computer takes its time to start a web server."""

FOREIGN = {"action": "New", "callerid": "Jürgen Müller, 小明"}

SCRIPT = Path(__file__).with_name("web_server.py")

NGINX = """
daemon off;
user root;
worker_processes 1;
pid {folder}/pid;
events {{ }}
http {{
    log_format report escape=json '"$request_body"';
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        location /events {{
            access_log /dev/stdout report;
            proxy_pass http://unix:{folder}/inner;
        }}
    }}
    server {{
        listen unix:{folder}/inner;
        return 200 "thank you";
    }}
}}
"""


class WebServer:
    """A running one. `port` is where it listens."""

    def __init__(self, process: subprocess.Popen[str], port: int = 0) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._process = process
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port: int = port or self.told()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def told(self) -> Any:
        """The next that it could read as JSON. nginx gives the text of a body."""
        value = json.loads(self._lines.get(timeout=READ_S))
        return json.loads(value) if isinstance(value, str) else value

    def close(self) -> bool:
        """End it; whether all that it read has been asked for."""
        # Not killed: nginx has to end its worker.
        self._process.terminate()
        self._process.wait(READ_S)
        self._reader.join(READ_S)
        return self._lines.empty()


@contextlib.contextmanager
def started(name: str) -> Iterator[WebServer]:
    """One of the servers of the script, or nginx."""
    with contextlib.ExitStack() as stack:
        port, options = 0, {}
        command = [sys.executable, str(SCRIPT), name]
        if name == "nginx":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            sock = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            port, number = sock.getsockname()[1], sock.fileno()
            conf = folder / "nginx.conf"
            conf.write_text(NGINX.format(folder=folder, port=port))
            command = [nginx(), "-p", str(folder), "-c", str(conf), "-e", "stderr"]
            # So it takes over a socket that listens: no other program can get the port before.
            options = {"pass_fds": [number], "env": {**os.environ, "NGINX": f"{number};"}}
        process = stack.enter_context(
            subprocess.Popen(
                command,
                stdout=-1,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                **options,
            )
        )
        stack.callback(process.terminate)
        server = WebServer(process, port)
        yield server
        assert server.close(), "it read more than was sent"


def nginx() -> str:
    """Debian keeps it where only root looks."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, "nginx is not installed: packaging/setup.sh test installs it"
    return found


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="takes over a socket")


@pytest.mark.parametrize(
    "name", ["flask", "aiohttp", "http.server", pytest.param("nginx", marks=ON_LINUX)]
)
def test_a_web_server_reads_every_report(simulator, monkeypatch, name):
    monkeypatch.setattr("hbgui.simulator.delivery.SHORT_S", READ_S)
    pbx = simulator(delivery=DeliverySettings(total_timeout_s=READ_S))
    count = 0
    with started(name) as server:
        for version in ("1.0.0", "1.0.2", "2.0.0"):
            body = {
                "ipaddr": "127.0.0.1",
                "port": str(server.port),
                "url": "events",
                "version": version,
            }
            answer = call(pbx, "heartbeat", body, api="v2.0.0", token=pbx.token)
            assert answer == {"status": "Success"}
            for event in (*DOCUMENTED, FOREIGN):
                pbx.send_report(event)
            expected = [*map(json.loads, documented(version)), FOREIGN]
            assert [server.told() for _ in expected] == expected
            count += len(expected)
            assert pbx.wait_for_reports(count, READ_S)
    assert {(report.status, report.repeat) for report in pbx.reports} == {(200, 0)}
    assert pbx.report_counts == ReportCounts(delivered=count)
