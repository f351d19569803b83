"""Reports that a PBX sends to the window."""

from __future__ import annotations

from threading import Thread

from pytestqt.qtbot import QtBot

from runtime.reporting import post, send, status
from runtime.world import World

CALL = (
    '{"event":"CallStatus","callid":"17.1","members":[{"inbound":{"from":"030123","to":"2001",'
    '"trunkname":"Berlin","memberstatus":"ALERT"}},{"ext":{"number":"2001","memberstatus":"RING"}}'
    '],"sn":"369000000001"}',
    '{"event":"CallStatus","callid":"17.1","members":[{"ext":{"number":"2001","memberstatus":'
    '"ANSWER"}}],"sn":"369000000001"}',
    '{"event":"NewCdr","callid":"17.1","callfrom":"030123","callto":"2001","callduraction":"29",'
    '"talkduraction":"25","srctrunkname":"Berlin","status":"ANSWERED","type":"Inbound",'
    '"sn":"369000000001"}',
)


BOOT = '{"event":"BootUp","sn":"369000000001"}'


def deliver(
    world: World, qtbot: QtBot, port: int, *bodies: str, path: str = "/", source: str = "127.0.0.1"
) -> list[int]:
    """What a PBX would do; the answers it got."""
    got: list[int] = []

    def run() -> None:
        for body in bodies:
            got.append(status(send(port, post(body.encode(), path), source)))

    known = len(world.reception.book)
    thread = Thread(target=run, daemon=True)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=15000)
    qtbot.waitUntil(lambda: len(world.reception.book) == known + len(bodies))
    world.reception.book.flush()
    return got
