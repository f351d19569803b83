"""A notification area of the test's own. Run by the system's Python, which has dbus and gi.

Reads a word a line: "menu" answers the labels of the menu, "activate" clicks the icon, "click
LABEL" an entry of the menu, "tip" the tool tip, "notes" the notifications so far.
"""

import json
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
NOTES = "org.freedesktop.Notifications"
PROPERTIES = "org.freedesktop.DBus.Properties"

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
items = []


class Watcher(dbus.service.Object):
    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, name, sender=None):
        items.append((sender, name) if name.startswith("/") else (name, "/StatusNotifierItem"))

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, name):
        pass

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {
            "IsStatusNotifierHostRegistered": True,
            "ProtocolVersion": dbus.Int32(0),
            "RegisteredStatusNotifierItems": dbus.Array([], signature="s"),
        }


class Notes(dbus.service.Object):
    seen = []

    @dbus.service.method(NOTES, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, title, text, actions, hints, life):
        self.seen.append([str(title), str(text)])
        return len(self.seen)

    @dbus.service.method(NOTES, out_signature="as")
    def GetCapabilities(self):
        return ["actions", "body"]

    @dbus.service.method(NOTES, in_signature="u")
    def CloseNotification(self, number):
        pass

    @dbus.service.method(NOTES, out_signature="ssss")
    def GetServerInformation(self):
        return "test", "test", "1", "1.2"


def layout():
    """The menu as (id, label) pairs, those of submenus too, as the program shows it now."""
    service, path = items[-1]
    item = bus.get_object(service, path)
    menu = bus.get_object(service, str(item.Get(ITEM, "Menu", dbus_interface=PROPERTIES)))
    menu.AboutToShow(0, dbus_interface=MENU)
    _revision, root = menu.GetLayout(0, -1, ["label"], dbus_interface=MENU)

    def walk(node):
        for child in node[2]:
            yield int(child[0]), str(child[1].get("label", "")).replace("_", "")
            yield from walk(child)

    return menu, list(walk(root))


def tip():
    item = bus.get_object(*items[-1])
    return [str(part) for part in item.Get(ITEM, "ToolTip", dbus_interface=PROPERTIES)[2:]]


def act(word, rest):
    if word == "notes":
        return Notes.seen
    if word == "items":
        return len(items)
    if word == "tip":
        return tip()
    if word == "activate":
        bus.get_object(*items[-1]).Activate(0, 0, dbus_interface=ITEM)
        return None
    menu, entries = layout()
    if word == "click":
        number = next(number for number, label in entries if label == rest)
        menu.Event(number, "clicked", dbus.String("", variant_level=1), 0, dbus_interface=MENU)
        return None
    return [label for _number, label in entries if label]


def heard(source, _condition):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    word, _, rest = line.rstrip("\n").partition(" ")
    try:
        answer = {"result": act(word, rest)}
    except Exception as error:  # noqa: BLE001 - the test shall read what went wrong
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
    return True


names = [dbus.service.BusName(name, bus) for name in (WATCHER, NOTES)]
services = [Watcher(bus, "/StatusNotifierWatcher"), Notes(bus, "/org/freedesktop/Notifications")]
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, heard)
loop = GLib.MainLoop()
print("ready", flush=True)
loop.run()
