"""What families asked and gave, and what accounting keeps."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.accounts.models import User
from preau.billing.models import Invoice
from preau.core.dates import local_day
from preau.demarches.choices import OPEN
from preau.demarches.models import Demarche
from preau.documents.choices import DocumentState
from preau.documents.models import OwnDocument, SupportingDocument
from preau.documents.storing import leave
from preau.enrolments.models import Enrolment
from preau.privacy.retention.kept import BATCH, Kept, counted, deleted
from preau.privacy.retention.people import unused

OVER = (DocumentState.REFUSED, DocumentState.WITHDRAWN, DocumentState.REPLACED)


def _answered(before: dt.datetime) -> QuerySet[Demarche]:
    return Demarche.objects.exclude(state__in=OPEN).filter(answered_at__lt=before)


def _demarches(before: dt.datetime) -> QuerySet[Demarche]:
    """A document goes by its own delay; an enrolment shows the request that it came by."""
    enrolled = Enrolment.objects.filter(demarche=OuterRef("pk"))
    return _answered(before).filter(~Exists(enrolled), document__isnull=True, data_asked__isnull=True)


def _rights(before: dt.datetime) -> QuerySet[Demarche]:
    return _answered(before).filter(data_asked__isnull=False)


def _documents(before: dt.datetime) -> QuerySet[SupportingDocument]:
    over = Q(state__in=OVER, demarche__answered_at__lt=before)
    return SupportingDocument.objects.filter(over | Q(state=DocumentState.ACCEPTED, valid_until__lt=local_day(before)))


def _clear_documents(before: dt.datetime, now: dt.datetime) -> int:
    """With the request that each came by; the worker deletes the files once the transaction holds."""
    gone = 0
    while found := list(_documents(before).select_related("file")[:BATCH]):
        with transaction.atomic():
            Demarche.objects.filter(pk__in=[document.pk for document in found]).delete()
            for document in found:
                leave(document.file)
        gone += len(found)
    return gone


def _left_spaces(before: dt.datetime) -> QuerySet[OwnDocument]:
    """Of who signs in no more, or has no account any more."""
    users = User.objects.filter(pk=OuterRef("adult__user"))
    return OwnDocument.objects.filter(
        ~Exists(users) | Exists(unused(before).filter(pk=OuterRef("adult__user")))
    ).filter(at__lt=before)


def _clear_spaces(before: dt.datetime, now: dt.datetime) -> int:
    gone = 0
    while found := list(_left_spaces(before).select_related("file")[:BATCH]):
        with transaction.atomic():
            OwnDocument.objects.filter(pk__in=[document.pk for document in found]).delete()
            for document in found:
                leave(document.file)
        gone += len(found)
    return gone


PAPERS = (
    Kept(
        "demarches",
        "Démarches et leurs messages",
        "la réponse",
        "RGPD, art. 5.1 e\u00a0: le temps d’un recours (Conseil d’État, 13 juillet 2016, nº 387763\u00a0: un an)",
        counted(_demarches),
        deleted(_demarches),
    ),
    Kept(
        "rights",
        "Demandes sur les données personnelles",
        "la réponse",
        "RGPD, art. 5.2\u00a0: la preuve d’avoir répondu\u00a0; code de procédure pénale, art. 8\u00a0: six ans",
        counted(_rights),
        deleted(_rights),
    ),
    Kept(
        "documents",
        "Pièces refusées, reprises, remplacées ou expirées",
        "la réponse ou la fin de validité",
        "RGPD, art. 5.1 e\u00a0: elles ne servent plus",
        counted(_documents),
        _clear_documents,
    ),
    Kept(
        "space",
        "Documents de «\u00a0Mon espace\u00a0», laissés",
        "la dernière connexion",
        "RGPD, art. 5.1 e\u00a0: leur seul lecteur n’est plus là",
        counted(_left_spaces),
        _clear_spaces,
    ),
)
ACCOUNTING = Kept(
    "accounting",
    "Factures et paiements",
    "l’émission",
    "code de commerce, art. L123-22\u00a0: dix ans\u00a0; puis l’accord des Archives (code du patrimoine, L212-2)",
    lambda before, now: Invoice.objects.filter(issued_on__lt=local_day(before)).count(),
    None,
)
