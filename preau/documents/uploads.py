"""What Django keeps of a file that is being sent: no more than what will be refused for its weight."""

from django.core.files.uploadhandler import FileUploadHandler

from preau.core.cleaning.limits import MOST_BYTES


class BoundedUpload(FileUploadHandler):
    """Before the others: of two gigabytes, the first ten megabytes and a little reach the disk, and the form says that
    the file is too heavy."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> None:
        """The next handlers make the file."""
