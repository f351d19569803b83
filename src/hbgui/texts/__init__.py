"""Every sentence that a person reads about PBXs, keyed by the codes of the core. No Qt.

The window hangs Qt's translator into `hook.install`; the command line speaks English.
"""

from hbgui.texts.arrivals import arrived, deaf, receiver_counts, receiver_sentence, reports_lamp
from hbgui.texts.calls import call_state, call_title, duration_words, step_sentence
from hbgui.texts.certificates import certificate_message, fault, trust, weak_link
from hbgui.texts.checklist import cause, cause_finding
from hbgui.texts.device import device_facts
from hbgui.texts.diagnosis import (
    Finding,
    diagnosis_message,
    finding,
    step_name,
    verdict_word,
)
from hbgui.texts.hook import filled, install, translate
from hbgui.texts.listening import holder_words, listen_problem
from hbgui.texts.login import attempts, no_reports, transport
from hbgui.texts.moving import held, held_by_keep, instead
from hbgui.texts.notes import note
from hbgui.texts.notices import notice
from hbgui.texts.outcomes import (
    Message,
    codes_saying,
    message,
    outcome_message,
    result_word,
    secret_message,
)
from hbgui.texts.problems import problem
from hbgui.texts.report_fields import party_words, report_lines
from hbgui.texts.reports import (
    event_word,
    events_saying,
    refusal_word,
    repeat_sentence,
    report_problem,
    turned_away,
)
from hbgui.texts.settings_file import settings_file_sentences
from hbgui.texts.sharing import entry_error, member_name, member_value
from hbgui.texts.states import clock_words, state_sentence

__all__ = [
    "Finding",
    "Message",
    "arrived",
    "attempts",
    "call_state",
    "call_title",
    "cause",
    "cause_finding",
    "certificate_message",
    "clock_words",
    "codes_saying",
    "deaf",
    "device_facts",
    "diagnosis_message",
    "duration_words",
    "entry_error",
    "event_word",
    "events_saying",
    "fault",
    "filled",
    "finding",
    "held",
    "held_by_keep",
    "holder_words",
    "install",
    "instead",
    "listen_problem",
    "member_name",
    "member_value",
    "message",
    "no_reports",
    "note",
    "notice",
    "outcome_message",
    "party_words",
    "problem",
    "receiver_counts",
    "receiver_sentence",
    "refusal_word",
    "repeat_sentence",
    "report_lines",
    "report_problem",
    "reports_lamp",
    "result_word",
    "secret_message",
    "settings_file_sentences",
    "state_sentence",
    "step_name",
    "step_sentence",
    "translate",
    "transport",
    "trust",
    "turned_away",
    "verdict_word",
    "weak_link",
]
