"""Writing démarches.

`moving` what every kind shares · `accounts` requests for an account · `changes` of what the file says · `texts` what
agents send again and again · `recipients` which service answers.
"""

from preau.demarches.actions.accounts import (
    ask_account,
    complete_asked,
    erase_refused,
    link_asked,
    open_asked,
    refuse_asked,
    withdraw_asked,
)
from preau.demarches.actions.changes import (
    ChangeRefused,
    Outcome,
    accept_change,
    ask_change,
    read_of,
    refuse_change,
    withdraw_change,
)
from preau.demarches.actions.moving import (
    DemarcheRefused,
    answer,
    complete,
    open_demarche,
    release,
    take,
    withdraw,
)

__all__ = [
    "ChangeRefused",
    "DemarcheRefused",
    "Outcome",
    "accept_change",
    "answer",
    "ask_account",
    "ask_change",
    "complete",
    "complete_asked",
    "erase_refused",
    "link_asked",
    "open_asked",
    "open_demarche",
    "read_of",
    "refuse_asked",
    "refuse_change",
    "release",
    "take",
    "withdraw",
    "withdraw_asked",
    "withdraw_change",
]
