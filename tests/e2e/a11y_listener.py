"""Prints what a screen reader is told to say. Run by the system's Python, which has pyatspi."""

import pyatspi


def told(event):
    print(event.any_data, flush=True)


pyatspi.Registry.registerEventListener(told, "object:announcement")
print("listening", flush=True)
pyatspi.Registry.start()
