"""The catalogue of ready definitions, as shipped. Pure."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).with_name("catalogue.toml")
Definition = Mapping[str, str | int]


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Definition]:
    """The definitions by their code, each with the fields of an Indicator but for its code."""
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["definitions"]
    return MappingProxyType({row.pop("code"): MappingProxyType(row) for row in rows})
