import pytest

from governance.render import render_all
from tests.governance import samples


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The four files of the ordinary pack."""
    return render_all(samples.ordinary())


@pytest.fixture(scope="session")
def awkward_files() -> dict[str, bytes]:
    """The four files of the pack of awkward text."""
    return render_all(samples.awkward())
