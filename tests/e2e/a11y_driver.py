"""Hands and eyes on a window through AT-SPI. Run by the system's Python, which has pyatspi.

Reads one JSON object a line, {"action", "widget", "value"}, and answers {"result"} or {"error"}.
"""

import json
import sys
import time

import pyatspi


def walk(root):
    yield root
    for index in range(root.childCount):
        child = root.getChildAtIndex(index)
        if child is not None:
            yield from walk(child)


def the_program(pid):
    for app in pyatspi.Registry.getDesktop(0):
        if app is not None and app.get_process_id() == pid:
            return app
    return None


def retry(what, timeout_s=45.0):
    deadline = time.monotonic() + timeout_s
    problem = None
    while time.monotonic() < deadline:
        try:
            found = what()
            if found is not None:
                return found
        except Exception as error:  # noqa: BLE001 - the tree changes while it is read
            problem = error
        time.sleep(0.05)
    raise LookupError(f"not found in {timeout_s} s ({problem})")


def find(pid, name):
    app = the_program(pid)
    for node in walk(app):
        if node.get_accessible_id().rpartition(".")[2] == name:
            return node
    return None


def interfaces(node):
    return pyatspi.utils.listInterfaces(node)


def text_of(node):
    if node.getRoleName() == "combo box":
        node = next((n for n in walk(node) if "EditableText" in interfaces(n)), node)
    if "Text" in interfaces(node):
        return node.queryText().getText(0, -1)
    return node.name


def press(node, wanted=("Press", "Toggle", "ShowMenu")):
    action = node.queryAction()
    names = [action.getName(index) for index in range(action.nActions)]
    for name in wanted:
        if name in names:
            return action.doAction(names.index(name))
    raise LookupError(f"no such action among {names}")


def rows(node):
    table = node.queryTable()
    return [
        [table.getAccessibleAt(row, column).name for column in range(table.nColumns)]
        for row in range(table.nRows)
    ]


def tree(pid):
    found = []
    for node in walk(the_program(pid)):
        states = [str(s) for s in node.getState().getStates()]
        found.append(
            {
                "id": node.get_accessible_id(),
                "role": node.getRoleName(),
                "name": node.name,
                "showing": any("SHOWING" in s for s in states),
                "focusable": any("FOCUSABLE" in s for s in states),
            }
        )
    return found


def choose(node, value):
    """Choose an entry of a combo box by the beginning of its text."""
    press(node)

    def entry():
        roles = ("list item", "menu item", "table cell")
        return next(
            (n for n in walk(node) if n.name.startswith(value) and n.getRoleName() in roles), None
        )

    return retry(entry).queryAction().doAction(0)


def set_number(node, value):
    node.queryValue().currentValue = value


def type_text(node, value):
    """Put a text into a field, or into the line of an editable combo box."""
    field = next(n for n in walk(node) if "EditableText" in interfaces(n))
    field.queryEditableText().setTextContents(value)


ACTIONS = {
    "type": type_text,
    "press": lambda node, _value: press(node),
    "set": set_number,
    "number": lambda node, _value: node.queryValue().currentValue,
    "choose": choose,
    "text": lambda node, _value: text_of(node),
    "name": lambda node, _value: node.name,
    "checked": lambda node, _value: node.getState().contains(pyatspi.STATE_CHECKED),
    "rows": lambda node, _value: rows(node),
}


def act(pid, action, name, value):
    if action == "tree":
        return retry(lambda: tree(pid) or None)
    return ACTIONS[action](retry(lambda: find(pid, name)), value)


def main():
    pid = int(sys.argv[1])
    retry(lambda: the_program(pid), 30.0)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            result = {"result": act(pid, request["action"], request["widget"], request["value"])}
        except Exception as error:  # noqa: BLE001 - the test shall read what went wrong
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
