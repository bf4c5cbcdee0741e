"""The rights of people over their data: taking them away in a file, having them put right or erased, and knowing how
long each is kept.

A section is what an export tells of one subject; a table that no section tells is left out for a written reason.
Not for: who may see what from day to day, which each area says of its own.
"""
