"""Files of steps."""

from __future__ import annotations

import itertools

import pytest

from hbgui.simulator.script import Script, ScriptError


class Recorder:
    """Remembers what steps do."""

    def __init__(self):
        self.done = []

    def restart(self, down_s):
        self.done.append(("restart", down_s))

    def lose_tokens(self):
        self.done.append("lose-tokens")

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name != "done":
            self.done.append((name, value))


def script(tmp_path, text):
    path = tmp_path / "script.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Script(path)


def test_every_step(tmp_path):
    steps = list(
        script(
            tmp_path,
            "\ufeff# what happens\n"
            '{"wait": 1.5}\n\n'
            '{"report": "NewCdr"}\r\n'
            '{"report": {"action": "X", "ext": {"a": 1}, "ext": [true, null, {}]}}\n'
            '  {"raw": "{broken ü"}\n',
        )
    )
    assert [step.after_s for step in steps] == [1.5, 0, 0, 0]
    assert steps[1].report.v2[0][0] == ("event", "NewCdr")
    assert steps[2].report == b'{"action":"X","ext":{"a":1},"ext":[true,null,{}]}'
    assert steps[3].report == "{broken ü".encode()


def test_every_deed(tmp_path):
    recorder = Recorder()
    steps = script(
        tmp_path,
        '{"do": "restart"}\n{"do": "restart", "down": 2}\n{"do": "lose-tokens"}\n'
        '{"do": "fault", "value": "failed-20010"}\n{"do": "transport", "value": "TCP"}',
    )
    for step in steps:
        step.act(recorder)
        assert step.description
    assert recorder.done == [
        ("restart", 0.5),
        ("restart", 2.0),
        "lose-tokens",
        ("fault", "failed-20010"),
        ("transport", "TCP"),
    ]


def test_it_can_begin_again(tmp_path):
    steps = script(tmp_path, '{"report": "BootUp"}\n{"wait": 0.1}\n{"do": "again"}\n# end\n')
    waits = [step.after_s for step in itertools.islice(steps, 5)]
    assert waits == [0, 0.1, 0, 0.1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no step in it"),
        ("# only words\n\n", "there is no step in it"),
        ('{"wait": 1}\n\n# x\n{"wait"\n', "line 4: not JSON"),
        ("[" * 100000, "line 1: not JSON"),
        ("[]", "line 1: not an object with one of wait, report, raw, do"),
        ("{}", "line 1: not an object"),
        ('{"wait": 1, "report": "BootUp"}', "line 1: needs exactly one of"),
        ('{"wait": 1, "wait": 2}', "line 1: needs exactly one of"),
        ('{"rport": "BootUp"}', "line 1: needs exactly one of"),
        ('{"wait": 1, "x": 2}', "line 1: unknown member; allowed here: wait"),
        ('{"wait": -1}', "line 1: wait needs seconds, 0 to 86400"),
        ('{"wait": true}', "line 1: wait needs seconds"),
        ('{"wait": "1"}', "line 1: wait needs seconds"),
        ('{"wait": NaN}', "line 1: wait needs seconds"),
        ('{"wait": 1e999}', "line 1: wait needs seconds"),
        ('{"report": "canary"}', "line 1: unknown event; allowed are ALERT"),
        ('{"report": 1}', "line 1: report needs the name"),
        ('{"report": "RING", "value": 1}', "line 1: unknown member"),
        ('{"raw": {}}', "line 1: raw needs a text"),
        ('{"do": "canary"}', "line 1: do needs one of restart, lose-tokens"),
        ('{"do": ["restart"]}', "line 1: do needs one of"),
        ('{"do": "restart", "down": "x"}', "line 1: down needs seconds"),
        ('{"do": "lose-tokens", "value": 1}', "line 1: unknown member"),
        ('{"do": "fault"}', "line 1: unknown fault; allowed are none"),
        ('{"do": "transport", "value": "UDP"}', "line 1: transport needs the value HTTP or TCP"),
        ('{"report": "BootUp"}\n{"do": "again"}', "line 2: again needs waits of 0.1 s"),
        ('{"wait": 1}\n{"do": "again"}\n{"wait": 1}', "line 3: nothing may follow again"),
        (b'{"wait": 1}\n{"raw": "\xff"}', "line 2: not UTF-8"),
        (b"#" * (1024 * 1024 + 1), "it is larger than 1 MiB"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(ScriptError) as caught:
        script(tmp_path, text)
    assert str(caught.value).startswith(message)
    assert "canary" not in str(caught.value)


def test_no_file(tmp_path):
    with pytest.raises(ScriptError, match="it cannot be read: No such file"):
        Script(tmp_path / "missing")
    with pytest.raises(ScriptError, match="it cannot be read"):
        Script(tmp_path)
