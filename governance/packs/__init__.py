"""Gathering: from the database to the plain frozen content of a pack.

The position is that at the end of the pack's period: what is entered about later days belongs to
the next pack, so that every event is reported once and the counts of two packs join up.
"""

from governance.packs.gathering import gather as gather
