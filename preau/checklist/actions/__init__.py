"""Writes of the area.

`asking` what the town asks for, and its seasons · `confirming` « rien n’a changé » · `reminding` mails to families.
"""
