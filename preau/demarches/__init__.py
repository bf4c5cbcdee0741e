"""Requests of every kind, as one worklist: a common header that lists, counts and dates them.

Each kind keeps its own details in a 1-1 table of the area that owns its subject. Words: a *démarche* is what a family
asks and an agent answers. Not for: what is granted at once, which opens no démarche.
"""
