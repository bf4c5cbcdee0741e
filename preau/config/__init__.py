"""Settings, root URLs and the `preau` command: how one instance of Préau is put together.

One instance serves one town, with one database. Everything that a town decides (names, deadlines, prices)
is data, loaded from its town file and edited on pages; what is here is what its host decides.
"""
