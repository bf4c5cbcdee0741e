"""The demonstration: a town file, and a population made by a seeded generator for a given day.

`timeline` which days matter · `shifting` a town whose years are over lives on · `words` names · `households` who lives
there · `scene` and `scenes` what each town has of its own: its agents, a few remarkable families · `settling` writing
them · `caring` health sheets · `reviewing` the file of the year · `enrolling`, `booking`, `paying` what they did ·
`newcomers` who gets an account next · `preparing` all of it in one transaction · `running` the processes.
"""
