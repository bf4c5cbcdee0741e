"""User names in addresses."""


class UsernameConverter:
    """Any text without a slash; a NUL, which no database can compare, is no page."""

    regex = "[^/\\x00]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
