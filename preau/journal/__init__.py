"""Who did what, and when: the town's memory of actions, with a chain that shows any later change.

Entries hold codes only (no foreign key), so that they survive erasure and tie no area. They are written in the
caller's transaction without the chain; the worker numbers and hashes them a few seconds later.
Not for: technical logs, health values, messages.
"""
