"""Python looks for rings of objects again and again while many are made: not here."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """For work that makes hundreds of thousands of objects and no rings of them: what nobody needs
    goes at once all the same, and a quarter of the time is saved."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
