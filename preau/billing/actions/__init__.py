"""Writes of the area.

`campaigns` open, draft, drop · `drafting` a draft being computed · `issuing` numbers and seals · `announcing` the mails
of issued invoices · `attempts` opening an online payment · `settling` its end · `regies` reference rows.
"""
