"""What a fresh process runs: `python -m benchmarks.step module:function '{"argument": 1}'`."""

import importlib
import json
import logging
import sys


def main(step: str, arguments: str) -> None:
    """Call the function and print what it returns as JSON."""
    module, _, name = step.partition(":")
    if module != "bare":
        # Here and not above: the bare libraries are measured without ours.
        import django

        django.setup()
        logging.getLogger("django-q").setLevel(logging.WARNING)
    function = getattr(importlib.import_module(f"benchmarks.{module}"), name)
    print(json.dumps(function(**json.loads(arguments))))


if __name__ == "__main__":
    main(*sys.argv[1:])
