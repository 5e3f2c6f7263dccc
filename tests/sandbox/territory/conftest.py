"""One small territory, much damaged, written once."""

from __future__ import annotations

import pytest

from preau.sandbox.territory.plan import Plan
from tests.sandbox.territory.invented import (
    FORMS,
    PER_FILE,
    PUPILS,
    YEARS,
    Records,
    Territory,
    Values,
    aaf_records,
    open_territory,
)


@pytest.fixture(scope="session")
def territory(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    folder = tmp_path_factory.mktemp("territory")
    return open_territory(Plan(PUPILS, 7, folder, 0.04, "all", PER_FILE))


@pytest.fixture(scope="session")
def records(territory: Territory) -> Records:
    """The records of one year, format and category: id → attributes, empty values left out."""
    read = {
        (year, form): aaf_records(territory.folder / year / form)
        for year in YEARS
        for form in FORMS
    }

    def of(year: str, form: str, category: str) -> dict[str, Values]:
        return read[year, form].get(category, {})

    return of
