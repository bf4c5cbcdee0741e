"""Writing registrations, codes, invitations and takeovers."""
