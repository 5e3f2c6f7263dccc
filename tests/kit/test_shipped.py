"""Every folder that ships keeps every mandate case, offline."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from preau import shelf
from preau.catalogue.catalogue import open_catalogue
from preau.contract.evidence import Evidence
from preau.kit.judge import ARRIVING, DELIVERING, played

NAMES = open_catalogue(shelf.connectors()).names()


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails the test; the event loop's own pair of sockets is none."""

    def refuse(*_said: Any) -> None:
        pytest.fail("a case called somebody", pytrace=False)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_keeps_every_case(name: str) -> None:
    evidence = Evidence(shelf.connectors() / name)
    assert evidence.connector is not None
    card = evidence.connector.card
    cases = [*(ARRIVING if evidence.mappings else ()), *(DELIVERING if card.needs else ())]

    verdicts = played(evidence)

    assert [str(each.defect) for each in verdicts if each.defect is not None] == []
    assert [each.sentence for each in verdicts] == cases
    assert cases
