"""The family file: households, adults, those who take part, and who may see or do what for whom.

A *family* is a dossier, that is one household. A *participant* is a child or an adult who uses activities; a child
lives in one or more households. Rights belong to the bond (adult × participant × kind of data) and are dated.
Not for: sign-in (accounts), health (health), money (billing).
"""
