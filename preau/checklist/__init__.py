"""What is missing in the file of each participant, and the file that families look at again each year.

A *demand* is something that the town asks for (coordinates, a health sheet, a document), of everyone or for some
activities, before one thing or another (its *stage*). A *standing* is what a participant still owes, and what that
blocks. Not for: what was given itself (families, health, documents), nor the bookings that it blocks (bookings).
"""
