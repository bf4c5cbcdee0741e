"""Reads of the area.

`demands` what the town asks for · `sources` how far each item has come · `standings` where participants stand ·
`todo` what a parent has to do · `obstacles` what keeps from booking.
"""
