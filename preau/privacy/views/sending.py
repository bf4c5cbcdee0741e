"""An export on its way out."""

from typing import IO

from django.http import FileResponse


def sent(kept: IO[bytes], name: str) -> FileResponse:
    """Kept by no browser."""
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    return FileResponse(kept, as_attachment=True, filename=name, content_type="application/zip", headers=headers)
