"""What a sheet asks for, and which vaccines a child owes on a day."""
