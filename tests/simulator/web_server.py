"""A web server that prints each report that it could read as JSON, in a program of its own.

    web_server.py flask|aiohttp|http.server

The first line is the port. Each handler reads JSON in the way of its framework.
"""

from __future__ import annotations

import asyncio
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


def tell(value: Any) -> None:
    """One line."""
    print(json.dumps(value), flush=True)


def flask_server() -> None:
    from flask import Flask, request
    from werkzeug.serving import make_server

    app = Flask(__name__)

    @app.post("/events")
    def take() -> str:
        tell(request.get_json())
        return "thank you"

    server = make_server("127.0.0.1", 0, app)
    tell(server.port)
    server.serve_forever()


def aiohttp_server() -> None:
    from aiohttp import web

    async def take(request: web.Request) -> web.Response:
        tell(await request.json())
        return web.Response(text="thank you")

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/events", take)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tell(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


class Handler(BaseHTTPRequestHandler):
    """Without a length it knows no body."""

    def do_POST(self) -> None:
        tell(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"thank you")


def http_server() -> None:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        tell(server.server_port)
        server.serve_forever()


if __name__ == "__main__":
    {"flask": flask_server, "aiohttp": aiohttp_server, "http.server": http_server}[sys.argv[1]]()
