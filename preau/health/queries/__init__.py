"""Reading sheets. `states` opens no value, and is for all; `sheets` opens them, and is for few (see pyproject.toml)."""
