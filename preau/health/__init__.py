"""The health sheet of a child: doctor, allergies, PAI, treatments, vaccines, insurance; sealed, and who read it.

Words: a *sheet* is what parents fill in, item by item (see choices.Item). A value is *sealed* with the key of its
child, itself wrapped by the *master* key of the town, which is never in the database. A *reading* is an agent's.
Not for: the diet of the kitchen (families), papers handed in (documents), who may collect a child (families).
"""
