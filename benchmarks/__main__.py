"""`python -m benchmarks [demo] [big] [table] [tracker] [pages] [lists]`: measure what is named.

Prints one table, writes one file. Ends with 1 when a limit is missed.
"""

import sys
from argparse import ArgumentParser

from benchmarks import places, results
from benchmarks.measures import MEASURES


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks", description="What the service costs.")
    parser.add_argument("measure", nargs="*", metavar=" | ".join(MEASURES), help="all of them")
    chosen = parser.parse_args().measure or list(MEASURES)
    if unknown := set(chosen) - set(MEASURES):
        parser.error(f"there is no measure {', '.join(sorted(unknown))}")
    found = []
    for name in chosen:
        print(f"Measuring: {name} …", file=sys.stderr)
        found += MEASURES[name]()
    print(results.table(found))
    path = places.DATA / "bench.json"
    results.write(found, path)
    print(f"Written to {path}.")
    return 0 if all(r.ok for r in found) else 1


if __name__ == "__main__":
    sys.exit(main())
