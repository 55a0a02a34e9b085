"""docs/settings.md and the settings say the same."""

import re

from django.conf import settings


def test_every_setting_is_explained_and_every_explained_setting_exists() -> None:
    page = (settings.BASE_DIR / "docs" / "settings.md").read_text()
    code = (settings.BASE_DIR / "tracker" / "settings.py").read_text()
    in_code = set(re.findall(r'env\.\w+\(\s*"(\w+)"', code))
    before_make = page.split("## For make")[0]
    explained = set(re.findall(r"^\| `(\w+)`", before_make, re.MULTILINE))
    assert explained == in_code
