import pytest

from management.access import Role
from tests import factories
from tests.kpis.importing.helpers import Bring


@pytest.fixture
def kpi(today):
    return factories.kpi(factories.area(), code="K1", name="Seen within a day")


@pytest.fixture
def lead(kpi):
    return factories.user(kpi.area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def bring(lead, kpi):
    return Bring(lead, kpi.area)
