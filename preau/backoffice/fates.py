"""What becomes of the tables of each area when two files become one; see families.merging.

An issued invoice never changes, its seal names its payer, its household and its children: it stays where it was issued,
and the pages of the file that is kept show it. What is sealed for a child opens for that child alone: its key refuses.
"""

from preau.families.merging import Fate, fate

for _model, _field, _fate in (
    ("demarches.Demarche", "family", Fate.MOVES),
    ("demarches.Demarche", "participant", Fate.MOVES),
    ("demarches.FileChange", "family", Fate.MOVES),
    ("demarches.FileChange", "adult", Fate.MOVES),
    ("demarches.FileChange", "participant", Fate.MOVES),
    ("demarches.FieldChange", "family", Fate.MOVES),
    ("demarches.FieldChange", "adult", Fate.MOVES),
    ("demarches.FieldChange", "participant", Fate.MOVES),
    ("registration.ActivationCode", "adult", Fate.STAYS),
    ("registration.Invitation", "adult", Fate.STAYS),
    ("pricing.Quotient", "family", Fate.STAYS),
    ("enrolments.Enrolment", "participant", Fate.MOVES),
    ("bookings.Booking", "family", Fate.MOVES),
    ("bookings.Booking", "participant", Fate.MOVES),
    ("bookings.Seat", "participant", Fate.MOVES),
    ("bookings.DraftChange", "participant", Fate.MOVES_OR_FALLS),
    ("billing.Payer", "family", Fate.MOVES),
    ("billing.Payer", "adult", Fate.MOVES_OR_STAYS),
    ("billing.PayerShare", "family", Fate.STAYS),
    ("billing.PayerShare", "participant", Fate.STAYS),
    ("billing.Invoice", "family", Fate.STAYS),
    ("billing.Line", "participant", Fate.STAYS),
    ("health.HealthKey", "participant", Fate.REFUSES),
    ("health.HealthField", "participant", Fate.REFUSES),
    ("health.Vaccination", "participant", Fate.REFUSES),
    ("health.Pai", "participant", Fate.REFUSES),
    ("health.Confirmation", "participant", Fate.REFUSES),
    ("health.Confirmation", "adult", Fate.MOVES),
    ("health.HealthReading", "participant", Fate.REFUSES),
    ("documents.SupportingDocument", "family", Fate.MOVES_OR_STAYS),
    ("documents.SupportingDocument", "adult", Fate.MOVES_OR_STAYS),
    ("documents.SupportingDocument", "participant", Fate.MOVES_OR_STAYS),
    ("documents.SupportingDocument", "household", Fate.MOVES_OR_STAYS),
    ("documents.OwnDocument", "adult", Fate.MOVES),
    ("documents.TownDocument", "family", Fate.MOVES),
    ("checklist.YearConfirmation", "family", Fate.MOVES_OR_STAYS),
    ("checklist.YearConfirmation", "participant", Fate.MOVES_OR_STAYS),
    ("privacy.DataExport", "adult", Fate.STAYS),  # it is gone in a week
    ("members.DietChoice", "participant", Fate.MOVES_OR_STAYS),
    ("members.DietChoice", "signed_by", Fate.MOVES),
    ("members.TrustedPerson", "participant", Fate.MOVES),
    ("members.TrustedPerson", "signed_by", Fate.MOVES),
    ("members.TrustedPerson", "contested_by", Fate.MOVES),
    ("members.Barred", "participant", Fate.MOVES),
    ("members.Repeating", "participant", Fate.MOVES_OR_STAYS),
):
    fate(_model, _field, _fate)
