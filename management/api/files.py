"""Files that programs send, and that are handed out to them."""

import logging
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from rest_framework import exceptions, serializers

from management import store
from management.attachments import TAKEN, Attachment, take
from management.uploads import MAX_BYTES, BadFile

logger = logging.getLogger(__name__)
# Nothing in a file that people have sent may run, whatever a browser makes of it.
SANDBOX = "sandbox; default-src 'none'"


class TooLarge(exceptions.APIException):
    status_code = 413


class Damaged(exceptions.APIException):
    status_code = 503
    default_detail = (
        "The file is kept, and cannot be read at the moment. Whoever runs the service is told."
    )


class UploadField(serializers.FileField):
    """A file of at most so many bytes: its name, and its bytes as they were sent."""

    def __init__(self, *, most: int = MAX_BYTES, **options: Any) -> None:
        super().__init__(allow_empty_file=True, **options)  # refused by its name where it is read
        self.most = most

    def to_internal_value(self, data: Any) -> Any:
        file: UploadedFile = super().to_internal_value(data)
        if (file.size or 0) > self.most:
            most = self.most // (1024 * 1024)
            raise TooLarge(f"“{file.name}” has more than {most} MB, which is the most for a file.")
        return file


class AttachmentField(UploadField):
    """A file that was looked into: it gives an Attachment."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text=TAKEN, **options)

    def to_internal_value(self, data: Any) -> Attachment:
        file = super().to_internal_value(data)
        try:
            return take(file.name, file.size, file.read)
        except BadFile as error:
            logger.warning("An upload was refused. %s", error)
            raise serializers.ValidationError(str(error)) from error


def handed_out(sha256: str, file_name: str, media_type: str) -> HttpResponse:
    """A kept file, as a download. Raises Damaged."""
    try:
        data = store.read(sha256)
    except store.StoreError as error:
        logger.error("A file cannot be handed out: %s", error)
        raise Damaged from error
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name)
    response["Content-Security-Policy"] = SANDBOX
    return response
