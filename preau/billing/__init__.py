"""Régies, invoices, payments: what is owed, to whom, and how it is settled.

A *régie* collects for services of the town; a *campaign* bills a period; an invoice has a number only once issued, and
never changes after. *Payments* and *allocations* are the ledger. Not for: prices (pricing).
"""
