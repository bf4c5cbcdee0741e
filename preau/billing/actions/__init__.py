"""Writes of the area.

`campaigns` open, draft, issue · `announcing` the mails of issued invoices · `attempts` online payments from their
opening to their settlement.
"""
