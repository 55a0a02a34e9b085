"""Rows that begin with a file that a program sends, and what can be told of them."""

from typing import Any

from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from management.api.doors import LARGEST, AreaRows
from management.api.files import Damaged
from management.store import StoreError
from management.uploads import BadFile


def readable(look: Any, *row: Any, **facts: Any) -> Any:
    """What `look` makes of a file that was kept. Raises Damaged where it cannot be read."""
    try:
        return look(*row, **facts)
    except (StoreError, BadFile) as error:
        raise Damaged from error


class Rows(serializers.ListField):
    """Some rows, by their `at`."""

    child = serializers.IntegerField(min_value=1, max_value=LARGEST)


class Uploads(AreaRows):
    """Rows that begin with a file: `create` takes a form, everything else JSON."""

    def get_parsers(self) -> Any:
        method = getattr(getattr(self, "request", None), "method", None) or ""
        action = getattr(self, "action", None) or self.action_map.get(method.lower())
        return [MultiPartParser()] if action == "create" else super().get_parsers()
