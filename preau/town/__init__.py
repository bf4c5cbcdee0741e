"""The town itself: its name and colours, services, places, schools and levels, school calendar, texts.

One instance is one town (`Town` has one row). Words: a *service* of the town hall answers and bills, a *place* is
where children are received, a *level* is a school level (Petite section … CM2).
Not for: what is offered (activities), who lives here (families).
"""
