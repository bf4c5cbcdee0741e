"""What somebody had typed on a sheet when the session ended: kept a day, sealed with the key of the child."""

import base64
import binascii
import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.families.models import Participant
from preau.health.keys import child_key, locked_key
from preau.health.master import MasterFault
from preau.health.permissions import fillable_by
from preau.health.sealing import CannotOpen, Spot, seal, unseal

log = logging.getLogger(__name__)


class SealedForms:
    """The closet of the pages of this area (see accounts.kept_forms)."""

    def seal(self, user: User, values: Mapping[str, Any], code: str, text: str) -> str | None:
        """None for who may not fill in that sheet, and on a page about no child."""
        child = fillable_by(user, on=local_day(timezone.now())).filter(code=values.get("who", "")).first()
        if child is None:
            return None
        try:
            with transaction.atomic():
                key = locked_key(child.pk)
        except MasterFault:
            log.exception("A form of a health sheet could not be kept")
            return None
        return base64.b64encode(seal(key, _spot(child, code), text.encode())).decode()

    def unseal(self, values: Mapping[str, Any], code: str, sealed: str) -> str | None:
        """None when the child was forgotten since, or when it was changed."""
        child = Participant.objects.filter(code=values.get("who", "")).first()
        try:
            if child is None:
                return None
            return unseal(child_key(child.pk), _spot(child, code), base64.b64decode(sealed)).decode()
        except (CannotOpen, MasterFault, binascii.Error):
            return None


def _spot(child: Participant, code: str) -> Spot:
    return Spot("accounts_keptform", "fields", child.pk, code)


CLOSET = SealedForms()
