"""What every page needs: where it stands in the menu."""

from management.access import DEEDS
from tests.access.routes import ROUTES
from tracker.context import SECTIONS

# Answers that carry no menu: files, pictures, pieces of a page, and a button.
BARE = {"kpi_chart", "pack_file", "pack_progress", "pack_retry", "self_evaluation_file"}


def test_every_page_of_an_area_belongs_to_one_section() -> None:
    of_area = {name for name, row in ROUTES.items() if row.policy in DEEDS}
    listed = [route for *_, routes in SECTIONS for route in routes]
    assert len(listed) == len(set(listed))
    assert set(listed) == of_area - BARE
