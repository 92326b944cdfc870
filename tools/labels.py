"""The labels of the guide, and the names that its texts may use."""

from typing import Final

TOPICS: Final = (
    "iop_definition",
    "iop_vs_residential",
    "iop_candidates",
    "iop_step_down",
    "iop_benefits",
    "iop_cost",
    "iop_expectations",
    "iop_limits",
    "iop_therapies",
    "iop_assessment",
    "iop_treatment_plan",
    "iop_schedule",
    "iop_sessions",
    "iop_family",
    "iop_testing",
    "iop_positive_test",
    "aftercare",
    "relapse",
    "co_occurring",
    "medication",
    "levels_of_care",
    "detox",
    "detox_dangers",
    "residential",
    "php",
    "outpatient",
    "sober_living",
    "interventions",
    "support_groups",
    "paying_for_treatment",
    "signs_of_addiction",
    "what_is_addiction",
    "find_treatment",
    "help_for_myself",
    "help_for_loved_one",
    "preparing_to_quit",
    "hotline",
    "privacy",
    "treatment_privacy",
    "about_guide",
    "naloxone",
    "pregnancy",
    "other_addictions",
)
CONVERSATION: Final = [
    "request_human",
    "request_callback",
    "delete_my_data",
    "request_status",
    "request_cancel",
    "stop_messages",
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "share_feelings",
    "out_of_scope",
    "say_again",
    "say_simpler",
    "tell_more",
    "how_known",
]
CONTACT: Final = ["contact_skip", "contact_cancel", "contact_why", "contact_change"]
CRISES: Final = [
    "crisis/suicide",
    "crisis/overdose",
    "crisis/withdrawal",
    "crisis/violence",
    "crisis/medical",
]

LABELS: Final = frozenset([*(f"faq/{t}" for t in TOPICS), *CONVERSATION, *CONTACT, *CRISES])
# Only a button leads there; in words they are a part of about_guide and delete_my_data, of a
# request for a person, or an answer to what was asked last.
BUTTON_LABELS: Final = frozenset(
    {
        "who_runs_this",
        "my_data",
        "delete_yes",
        "delete_no",
        "request_cancel_yes",
        "request_keep",
        "contact_send",
        "contact_back",
        "ask_person",
        "back_to_guide",
    }
)
# No example may teach them.
CODE_LABELS: Final = frozenset({"unsure", "inform", *BUTTON_LABELS})

# A realistic value for each placeholder and argument: lengths are counted with these.
PLACEHOLDERS: Final = {
    "operator": "Recovery Foundation X",
    "hotline": "1-800-555-0100",
    "site": "guide.example.org",
    "answered_by": "trained phone staff X",
    "who_pays": "Treatment centers that take part pay a fee for these calls.",
    "transcript_days": "30",
    "ticket_months": "12",
    "session_hours": "24",
    "consent_years": "5",
    "kept_list": "Messages: 3 from you, 4 from this guide\nCall requests: R-4829XK",
    "kept_all": "Messages: 3 from you, 4 from this guide\nCall requests: R-4829XK",
}
ARGUMENTS: Final = {
    "number": "G-482913",
    "name": "Maria-Elena",
    "role": "peer support specialist",
    "reach": "maria.elena@example.com",
    "time": "tomorrow, 10:00 in the morning",
    "topics": "cost, schedule, testing",
    "voicemail": "no",
    "texting": "no",
    "who": "someone else",
    "place": "73301 (Texas), taken as Central time",
    "answer": "An IOP costs less than residential care. Ask for the full price in writing.",
    "sources": "Substance Abuse and Mental Health Services Administration, American Society X",
    "reviewed": "September 24, 2026",
}
