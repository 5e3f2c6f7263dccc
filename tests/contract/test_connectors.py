"""Every connector folder that ships keeps every promise."""

import pytest

from preau.contract.promises import judge
from preau.contract.verdict import Verdict


@pytest.mark.connector_folders(judge=judge)
def test_connector(verdict: Verdict) -> None:
    verdict.hold()
