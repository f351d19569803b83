"""What one heartbeat costs, side by side with a bare `requests.post` and a curl process.

Each client opens a new connection per heartbeat, as the PBX wants it, to a server in a process
of its own on loopback. The clients take turns, and the medians are compared:

    http_ratio, tls_ratio   hbgui / bare requests.post; aim: at most 1.2
    curl_ratio              hbgui / one curl process, over TLS; null without curl

With `--json` the last line is one object with these and the medians in milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from needs import need

BODY = b'{"ipaddr":"127.0.0.1","port":"8260"}'
ANSWER = b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"status":"Success"}'
PATH = "/api/v1.1.0/heartbeat"
TOKEN = "0f" * 16
TYPE = "application/json; charset=utf-8"
TIMEOUT_S = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--rounds", type=int, default=300, help="turns for each client")
    parser.add_argument("--serve", metavar="PEM", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve)
        return
    need("trustme")
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as (http, https, ca):
        medians = measure(clients(http, https, ca), args.rounds)
    report(medians, as_json=args.json)


def measure(clients: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """The median of each client in milliseconds; a curl process takes a tenth of the turns."""
    took_ms: dict[str, list[float]] = {name: [] for name in clients}
    for turn in range(rounds + 10):
        for name, send in clients.items():
            if name.startswith("curl") and turn % 10:
                continue
            began = time.perf_counter()
            send()
            if turn >= 10:
                took_ms[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(values) for name, values in took_ms.items()}


def clients(http: int, https: int, ca: str) -> dict[str, Callable[[], None]]:
    """What is compared, by name. Each call sends one heartbeat and checks the answer."""
    both = {"http": http, "https": https}
    made = {f"hbgui_{scheme}": hbgui_client(scheme, port) for scheme, port in both.items()}
    made |= {f"bare_{scheme}": bare_client(scheme, port, ca) for scheme, port in both.items()}
    curl = shutil.which("curl")
    if curl:
        made |= {f"curl_{s}": curl_client(curl, s, port, ca) for s, port in both.items()}
    return made


def hbgui_client(scheme: str, port: int) -> Callable[[], None]:
    from hbgui.adapters.net.deadline import WireCancel
    from hbgui.adapters.net.pbx_http import PbxHttp
    from hbgui.adapters.secrets.redact import Redactor
    from hbgui.core.api.heartbeat import WireRequest
    from hbgui.core.pbx.address import PbxAddress
    from hbgui.core.pbx.connection import ConnectionSettings
    from hbgui.core.values import Secret

    transport = PbxHttp(Redactor())
    address, request = PbxAddress(scheme, "127.0.0.1", port), WireRequest(PATH, BODY)

    def send() -> None:
        answer = transport.post(
            address,
            request,
            Secret(TOKEN),
            link=ConnectionSettings(),
            timeout_s=TIMEOUT_S,
            cancel=WireCancel(),
        )
        assert answer.body == b'{"status":"Success"}', answer

    return send


def bare_client(scheme: str, port: int, ca: str) -> Callable[[], None]:
    import requests

    url = f"{scheme}://127.0.0.1:{port}{PATH}?token={TOKEN}"

    def send() -> None:
        answer = requests.post(
            url, data=BODY, headers={"Content-Type": TYPE}, timeout=TIMEOUT_S, verify=ca
        )
        assert answer.json() == {"status": "Success"}

    return send


def curl_client(curl: str, scheme: str, port: int, ca: str) -> Callable[[], None]:
    url = f"{scheme}://127.0.0.1:{port}{PATH}?token={TOKEN}"
    command = [curl, "-s", "--cacert", ca, "-H", f"Content-Type: {TYPE}", "-d", BODY, url]

    def send() -> None:
        done = subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)
        assert done.stdout == b'{"status":"Success"}'

    return send


def report(medians: dict[str, float], *, as_json: bool) -> None:
    result: dict[str, float | None] = {
        "http_ratio": round(medians["hbgui_http"] / medians["bare_http"], 3),
        "tls_ratio": round(medians["hbgui_https"] / medians["bare_https"], 3),
        "curl_ratio": None,
    }
    if "curl_https" in medians:
        result["curl_ratio"] = round(medians["hbgui_https"] / medians["curl_https"], 3)
    for name, value in medians.items():
        print(f"{name:12} {value:7.3f} ms")
    for name, ratio in result.items():
        print(f"{name:12} {ratio}")
    if as_json:
        rounded = {name: round(value, 3) for name, value in medians.items()}
        note = "curl_ratio is hbgui / curl process, over TLS"
        print(json.dumps({**result, "medians_ms": rounded, "note": note}))


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[tuple[int, int, str]]:
    """A server process; its plain and its TLS port, and the file of the issuer to trust."""
    import trustme

    ca = trustme.CA()
    ca_file, pem = folder / "ca.pem", folder / "server.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    for name in [n for n in os.environ if n.lower().endswith(("_proxy", "_ca_bundle"))]:
        del os.environ[name]
    # The same single issuer for all.
    os.environ["SSL_CERT_FILE"], os.environ["SSL_CERT_DIR"] = str(ca_file), str(folder)
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(pem)], stdin=subprocess.PIPE, stdout=-1, text=True
    )
    with process:
        assert process.stdout
        http, https = map(int, process.stdout.readline().split())
        try:
            yield http, https, str(ca_file)
        finally:
            # It ends with its input.
            process.communicate(timeout=5)


def serve(pem: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listeners = [socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(2)]
    for listener, tls in zip(listeners, (None, context), strict=True):
        threading.Thread(target=answer_all, args=(listener, tls), daemon=True).start()
    print(*(listener.getsockname()[1] for listener in listeners), flush=True)
    sys.stdin.read()


def answer_all(listener: socket.socket, tls: ssl.SSLContext | None) -> None:
    while True:
        connection, _ = listener.accept()
        # Whoever does not answer in time is dropped, the next one is served.
        connection.settimeout(TIMEOUT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            data = b""
            while not data.endswith(BODY):
                part = connection.recv(65536)
                if not part:
                    raise ConnectionResetError
                data += part
            connection.sendall(ANSWER)
            if isinstance(connection, ssl.SSLSocket):
                # Without a length curl takes an answer for whole only when TLS ends in order.
                connection.unwrap()
        connection.close()


if __name__ == "__main__":
    main()
