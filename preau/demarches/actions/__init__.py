"""Writing démarches.

`moving` what every kind shares · `accounts` requests for an account · `texts` what agents send again and again ·
`recipients` which service answers.
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
    "DemarcheRefused",
    "answer",
    "ask_account",
    "complete",
    "complete_asked",
    "erase_refused",
    "link_asked",
    "open_asked",
    "open_demarche",
    "refuse_asked",
    "release",
    "take",
    "withdraw",
    "withdraw_asked",
]
