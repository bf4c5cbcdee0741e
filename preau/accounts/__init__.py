"""Users, sign-in, roles and capabilities: who is at the other end, and what an agent may do.

Two kinds of users: `family` and `staff`; an agent who is also a parent has two accounts. What a parent may see of a
child is not here (see families); what an agent may do is a capability granted through a role, on a service or a place.
Not for: people of a family file.
"""
