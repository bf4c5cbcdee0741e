"""What the desk gathers from several areas."""
