"""The families' space: public pages, home page, menu and site map, pages that cannot be shown.

A section is what a family finds in the menu, under the name that the town gives it; the home page gathers what each
area has to say today. A page on one subject lives in its area. Not for: agents, who have the desk (backoffice).
"""
