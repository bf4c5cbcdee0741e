"""Who comes when: openings, slots and their places, bookings, drafts.

An *opening* is a unit on a day, with its deadlines. A *slot* is a group on a day in a part of the day, with its places.
A *booking* is a participant on a unit and a day; it holds a *seat* on each slot it needs. A *draft* is what a parent
has ticked and not yet confirmed: it takes nothing. Not for: who was really there (attendance), what it costs (pricing).
"""
