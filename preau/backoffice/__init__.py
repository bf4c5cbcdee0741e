"""The agents' space: its home page (desk), its navigation, and the commands that serve the instance.

The desk gathers what each area has to say today to this agent, and leads to the area's own page. A page on one
subject (bookings, occupancy, campaigns, payments) lives in its area. Not for: families, who have the portal.
"""
