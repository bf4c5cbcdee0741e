"""Who is in a file and what parents authorise: collecting, going home alone, photos, diet; requests about members.

A *trusted person* is somebody whom a parent names for a child, to collect it or to be called; an *authorisation* is a
yes or a no of a parent to a text of the town about a child, a use of its image included; somebody *barred* must not
come near a child, a judgment says so. What an agent has to check (a child, a guardian, custody, school) is a démarche.
Not for: rights of adults on children (families), health sheets (health), papers themselves (documents).
"""
