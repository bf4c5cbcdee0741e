"""Reads of the area.

`invoices` what a family owes and has paid · `counting` what a campaign bills · `campaigns` the régisseur's pages ·
`payments` money received and attempts.
"""

from preau.billing.queries.invoices import AmountDue, amounts_due

__all__ = ["AmountDue", "amounts_due"]
