"""The folder of documents on this machine: written through to the disk before anything says that it is kept."""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class DurableFolder(FileSystemStorage):
    """Files that survive a power cut once `save` has returned, which only this user of the system may read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700, **options)

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
        path, top = Path(self.path(saved)), Path(self.location)
        folders = [folder for folder in path.parents if folder == top or top in folder.parents]
        for each in (path, *folders):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        return saved
