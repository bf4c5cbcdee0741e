"""A person's right to use an activity from a day to another.

An *intake* says in which groups an activity is open, and how many places of the year it has where the year is what is
scarce. An *enrolment* puts a participant in one of those groups. Not for: the days themselves (bookings).
"""
