"""How long each sort of data is kept, and taking away what has been kept long enough.

`kept` what a sort is · `traces` journal, mails, links, drafts · `papers` requests, documents · `people` sheets,
accounts, children, files · `purging` all of them, by hand or by night.
"""

from preau.privacy.retention.purging import RETENTION, Cleared, delays, foreseen, purge, purge_by_night, retention_lines

__all__ = ["RETENTION", "Cleared", "delays", "foreseen", "purge", "purge_by_night", "retention_lines"]
