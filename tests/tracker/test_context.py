"""What every page needs: where it stands in the menu."""

from management.access import DEEDS
from tests.access.routes import ROUTES
from tracker.context import SECTIONS

# Answers that carry no menu: files, pictures, pieces of a page, and a button.
BARE = {
    "actions_file",
    "kpi_chart",
    "kpi_compare_chart",
    "kpi_public_chart",
    "kpi_small_chart",
    "message_delivered",
    "message_resend",
    "pack_file",
    "pack_progress",
    "pack_retry",
    "plan_file",
    "saved_view",
    "saved_view_remove",
    "self_evaluation_file",
}

# Pages of a person's own, which are reached beside their name.
OWN = {"tokens", "token_new", "token_revoke"}


def test_every_page_of_an_area_belongs_to_one_section() -> None:
    of_area = {name for name, row in ROUTES.items() if row.policy in DEEDS}
    listed = [route for *_, routes in SECTIONS for route in routes]
    assert len(listed) == len(set(listed))
    assert set(listed) == of_area - BARE - OWN
