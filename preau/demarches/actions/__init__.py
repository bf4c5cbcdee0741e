"""Writing démarches."""

from preau.demarches.actions.accounts import ask_account
from preau.demarches.actions.moving import DemarcheRefused, answer, complete, open_demarche, withdraw

__all__ = ["DemarcheRefused", "answer", "ask_account", "complete", "open_demarche", "withdraw"]
