"""The town in one readable file: checked (every fault at once, with its line), compared, loaded, written back.

Also the demonstration: a town file and a seeded population. Nothing here decides: it writes through the areas below.
"""
