"""`preau check` says what is wrong with the file of the master key before any family meets it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from preau.health.master import MasterFault, master_keys


@register("health")
def key_file_is_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Demonstrations and tests make the file when they start: until then its absence is no fault."""
    made_later = settings.DEMO or settings.TESTING
    if made_later and settings.HEALTH_KEY_FILE and not Path(settings.HEALTH_KEY_FILE).exists():
        return []
    try:
        master_keys()
    except MasterFault as fault:
        return [
            Error(str(fault), hint="Voir « La clé des données de santé » dans docs/installer.md.", id="health.E001")
        ]
    return []
