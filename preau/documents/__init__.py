"""Documents: stored files, what families keep for themselves, what they hand in, what the town gives them.

A stored file is bytes made harmless in a process of their own (`cleaning`), kept outside the database; a row owns it.
My space (OwnDocument) is its owner's alone: nothing here reads it for an agent. A supporting document belongs to a
household, an adult or a child, never to an enrolment. Not for: what a health sheet says, invoices (billing).
"""
