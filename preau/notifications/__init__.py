"""Messages to addresses outside: an outbox written with the change, sent after it, retried until it goes.

An action queues a message in its own transaction; the worker sends it. Nothing here knows a family: a message has an
address, a subject, a text, and a key that makes queuing it twice harmless. Not for: conversations with services.
"""
