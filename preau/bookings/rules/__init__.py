"""Decisions of the planning, on plain values.

`days` which days are open and how many places they have, from the town's rules · `lines` what becomes of a draft.
"""
