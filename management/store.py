"""Files by their SHA-256, under STORE_DIR: a name says what is in the file, so none changes."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from django.conf import settings


class StoreError(Exception):
    """A file that should be in the store is not there, or is not what was put there."""


def put(data: bytes) -> str:
    """Keep the bytes and return their SHA-256. Safe to repeat, and at any moment to be killed."""
    sha256 = hashlib.sha256(data).hexdigest()
    target = path(sha256)
    if target.exists() and _digest(target.read_bytes()) == sha256:
        return sha256
    target.parent.mkdir(parents=True, exist_ok=True)
    # Under its final name a file is whole and on disk, or it is not there.
    handle, temporary = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _keep_names(target.parent)
    return sha256


def path(sha256: str) -> Path:
    """Where the file with this SHA-256 is, or would be. Raises ValueError for anything else."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("A file in the store is named by 64 hexadecimal digits.")
    return Path(settings.STORE_DIR) / sha256[:2] / sha256


def read(sha256: str) -> bytes:
    """The bytes that were put. Raises StoreError when they are missing or damaged."""
    try:
        data = path(sha256).read_bytes()
    except OSError as error:
        raise StoreError(f"The file {sha256[:12]} cannot be read from the store.") from error
    if _digest(data) != sha256:
        raise StoreError(f"The file {sha256[:12]} in the store is damaged.")
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _keep_names(folder: Path) -> None:
    """Write the folder itself to disk: a renamed file is else lost with the power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
