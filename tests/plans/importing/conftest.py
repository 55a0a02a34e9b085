"""A performance lead of an empty area, who brings plan files in."""

import pytest

from management.access import Role
from tests import factories
from tests.plans.importing.helpers import Bring


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.STORE_DIR = tmp_path


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def bring(lead, area):
    return Bring(lead, area, factories.framework())
