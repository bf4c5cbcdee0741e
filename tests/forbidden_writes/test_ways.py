"""Ways to an account."""

import datetime as dt

from preau.families.testing import make_adult
from preau.registration.models import ActivationCode
from preau.registration.testing import make_code, make_registration
from preau.town.choices import Proof
from tests.forbidden_writes.given import NOW, Base, again, change, forbidden

# 11. Ways to an account


@forbidden("registration_submitted_is_whole", "a registration sent without the privacy notice")
def _(base: Base) -> None:
    change(make_registration(), privacy_at=None)


@forbidden("registration_submitted_is_whole", "a registration sent without a password, before its account exists")
def _(base: Base) -> None:
    change(make_registration(), password="")


@forbidden("registration_submitted_is_whole", "a registration sent without a file, by somebody whom nobody vouches for")
def _(base: Base) -> None:
    change(make_registration(), file_number="")


@forbidden("registration_identity_until_account", "an identity kept beside the account that it has opened")
def _(base: Base) -> None:
    change(make_registration(), proof=Proof.FRANCECONNECT, identity={"sub": "x"}, user=base.home.user)


@forbidden("registration_identity_until_account", "an identity of somebody who did not come by FranceConnect")
def _(base: Base) -> None:
    change(make_registration(), identity={"sub": "x"})


@forbidden("registration_account_was_submitted", "an account out of a registration that was never sent")
def _(base: Base) -> None:
    change(make_registration(), submitted_at=None, user=base.home.user)


@forbidden("digest", "two activation codes alike")
def _(base: Base) -> None:
    make_code(base.grown_up)
    again(ActivationCode.objects.get())


@forbidden("activationcode_ordered", "a code that ends before it begins")
def _(base: Base) -> None:
    make_code(base.grown_up)
    ActivationCode.objects.update(expires_at=NOW - dt.timedelta(days=1000))


@forbidden("invitation_one_open_per_adult", "two open invitations of one adult")
def _(base: Base) -> None:
    again(base.invitation, code="another", email="another@example.org")


@forbidden("invitation_one_open_per_email", "two open invitations at one address, in other capitals")
def _(base: Base) -> None:
    other = make_adult(base.home.family, signs_in=False)
    again(base.invitation, code="another", email=base.invitation.email.upper(), adult_id=other.pk)


@forbidden("invitation_accepted_or_revoked", "an invitation accepted and taken back")
def _(base: Base) -> None:
    change(base.invitation, accepted_at=NOW, revoked_at=NOW)
