"""Decisions and sums of the area, on plain values.

`numbers` invoice numbers and labels · `bills` bookings and prices to lines · `seals` the fingerprint of an invoice ·
`campaigns` what may be prepared, what looks odd · `invoices` where one stands · `attempts` the life of a payment.
"""
