"""What every area leans on: money, dates, codes, page audiences, layouts and components.

It knows no area and names nothing a town hall would know. A thing enters here only when three areas need it.
"""
