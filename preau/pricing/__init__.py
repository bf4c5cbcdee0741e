"""Tariffs as voted, quotients as known on a day, and the one function that gives a price and explains it.

A tariff is data: versions by date, never recomputed. The quotient familial belongs to a household and is dated.
Not for: what was consumed (bookings) or owed (billing).
"""
