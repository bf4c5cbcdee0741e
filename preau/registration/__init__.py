"""Ways to a parent's account, and the proof that a family file is theirs.

A *registration* is what a person typed in the five steps; nothing else exists until its link is pressed. An *activation
code* proves who one is in a file. An *invitation* is an account that the town offers to an adult; a *takeover* invites
all the adults who shared the accounts of an old portal.
Not for: signing in (accounts), what an agent decides of a request (demarches), what an adult may see (families).
"""
