"""Every sentence that a person reads about PBXs, keyed by the codes of the core. No Qt.

The window hangs Qt's translator into `hook.install`; the command line speaks English.
"""

from hbgui.texts.access import (
    attempts,
    certificate_message,
    device_facts,
    fault,
    no_reports,
    transport,
    trust,
    weak_link,
)
from hbgui.texts.diagnosis import Finding, diagnosis_message, finding, step_name, verdict_word
from hbgui.texts.notes import note
from hbgui.texts.outcomes import (
    Message,
    codes_saying,
    held,
    held_by_keep,
    instead,
    message,
    outcome_message,
    result_word,
    secret_message,
)
from hbgui.texts.problems import problem
from hbgui.texts.reports.calls import call_state, call_title, duration_words, step_sentence
from hbgui.texts.reports.checklist import cause, cause_finding
from hbgui.texts.reports.fields import party_words, report_lines
from hbgui.texts.reports.receiving import (
    arrived,
    holder_words,
    listen_problem,
    not_listening,
    receiver_counts,
    receiver_sentence,
    reports_lamp,
)
from hbgui.texts.reports.reports import (
    event_word,
    events_saying,
    refusal_word,
    repeat_sentence,
    report_problem,
    turned_away,
)
from hbgui.texts.settings import entry_error, member_name, member_value, settings_file_sentences
from hbgui.texts.states import clock_words, notice, state_sentence
from hbgui.texts.translation import filled, install, translate

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
    "not_listening",
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
