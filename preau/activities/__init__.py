"""What the town offers: activities and their units, groups and capacities, closures.

A *unit* is what a family books (Matin, Soir, Repas, Journée); a *part* is a part of the day of the town's own; a
*group* is children received together at one place, and owns the capacity, possibly within a larger group.
Not for: dated places (slots, in bookings), prices (pricing), who is enrolled (enrolments).
"""
