"""PayFiP, the State's payment site, by its web service for régies: our client, and a faithful simulator.

An *operation* (idOp) is one payment page, usable once, for 15 minutes. Its notification is unsigned and says nothing:
only `client.outcome_of` says what happened. Deciding what a result does to invoices is not for here (billing.actions).
"""
