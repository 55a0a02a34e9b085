from pathlib import Path

import pytest

from governance.render import render_all
from tests.governance import samples


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at the same drawn files runs in one process, which draws them once."""
    for item in items:
        here = Path(__file__).parent in item.path.parents
        if here and {"files", "awkward_files"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("drawn packs"))


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The four files of the ordinary pack."""
    return render_all(samples.ordinary())


@pytest.fixture(scope="session")
def awkward_files() -> dict[str, bytes]:
    """The four files of the pack of awkward text."""
    return render_all(samples.awkward())
