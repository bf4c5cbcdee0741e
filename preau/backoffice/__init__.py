"""The desk's shell: navigation of agents, the day's bookings and occupancy, pages that gather several areas."""
