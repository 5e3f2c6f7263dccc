"""To an ENT that speaks JSON:API: group, members, documents, work, and each way to say no."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preau import shelf
from preau.catalogue.card import read_card
from preau.outlets.opening import Product
from preau.outlets.operation import read_operations
from preau.sandbox.process import EntProcess
from preau.store.deliveries import Delivery
from preau.store.instances import Instance

TOKEN = "machine-account"
ECOLE, ENT = "ent-ecole", "mon-ent-occitanie"
TEACHER, PUPIL = "ESKO-P-77", "ESKO-P-501"
SEED = {
    "emsCode": "entmip",
    "schools": [
        {
            "id": "ESKO-S-3",
            "uai": "0119010J",
            "name": "Collège des Trois-Ponts",
            "classes": [
                {
                    "id": "ESKO-C-61",
                    "name": "6e A",
                    "users": [
                        {
                            "id": TEACHER,
                            "type": "teacher",
                            "lastName": "VIDALENQ",
                            "firstName": "Marc",
                        },
                        {
                            "id": PUPIL,
                            "type": "studentUserInfo",
                            "lastName": "DELPRAT",
                            "firstName": "Maëlys",
                        },
                    ],
                }
            ],
        }
    ],
}
Row = Callable[..., Delivery]


@pytest.fixture
def database(one_database: str) -> str:
    """One kind is enough here: what is new is the ENT, not the outbox."""
    return one_database


@pytest.fixture
def ents() -> dict[str, Any]:
    """None but those that a test joins."""
    return {}


@pytest.fixture
def joined(hub: Any, tmp_path: Path) -> Iterator[Callable[..., EntProcess]]:
    """A fictional ENT of any product that the hub reaches: `joined("name", "product", seed)`."""
    made: list[EntProcess] = []

    def join(name: str, product: str, seed: dict[str, Any]) -> EntProcess:
        ent = EntProcess(product, tmp_path / name, TOKEN)
        made.append(ent)
        ent.start()
        assert ent.call("POST /_sandbox/seed", seed).status == 200
        said = (name, product, "", None, ent.origin, TOKEN, "push")
        hub.instances[name] = Instance(*said, loopback=True, disabled=False)
        folder = shelf.connectors() / product
        needs = read_card(folder).needs
        hub.products[product] = Product(read_operations(product, folder / "outlet", needs), needs)
        return ent

    yield join
    for ent in made:
        ent.kill()


@pytest.fixture
def ent(joined: Callable[..., Any]) -> Any:
    """One collège with one class."""
    return joined(ENT, "skolengo", SEED)


@pytest.fixture
def ecole(joined: Callable[..., Any]) -> Any:
    """One école of another product."""
    return joined(ECOLE, "beneylu", {"schools": []})


@pytest.fixture
def has(row: Row) -> Callable[..., Delivery]:
    """One delivery about a member: `has("PUT", PUPIL)`."""

    def make(end: str, local: str, version: int = 1) -> Delivery:
        body = {"group": "g1", "member_kind": "PERSON", "local_id": local}
        entity = f"member:g1:{local}"
        return row(ENT, f"MEMBER_{end}", entity, version, ["group:g1"], **body)

    return make


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


def fault(ent: Any, **order: Any) -> None:
    assert ent.call("POST /_sandbox/fault", order).status == 200


def effects(ent: Any) -> list[dict[str, Any]]:
    return list(ent.call("GET /_sandbox/effects").body)


def held(ent: Any) -> dict[str, Any]:
    (found,) = ent.call("GET /_sandbox/holds").body
    return dict(found)


def last(hub: Any) -> tuple[str, str | None]:
    return hub.receipts[-1]["outcome"], hub.receipts[-1]["reason"]


def test_a_group_gets_its_members_and_loses_one(hub: Any, ent: Any, group: Any, has: Any) -> None:
    hub.send(has("PUT", PUPIL), has("PUT", TEACHER), group(ENT))
    hub.work(idle)
    assert set(hub.outcomes().values()) == {"APPLIED"}
    assert held(ent)["members"] == [PUPIL, TEACHER]
    hub.send(has("REMOVE", PUPIL, 2), group(ENT, version=2, label="Défi bis"))
    hub.work(idle)
    assert (held(ent)["members"], held(ent)["name"]) == ([TEACHER], "Défi bis")


def test_a_document_comes_with_its_bytes_changes_its_title_and_is_withdrawn(
    hub: Any, ecole: Any, ent: Any, group: Any, row: Row
) -> None:
    hub.send(group(ECOLE), group(ENT))
    hub.work(idle)
    native = {each["destination"]: each["native_id"] for each in hub.receipts}
    order = {"what": "share", "teacher": 88, "group": int(native[ECOLE]), "title": "Fiche"}
    media = ecole.call("POST /_sandbox/say", order).body["media"][0]
    body = {"share": "s1", "group": "g1", "kind": "DOCUMENT", "permission": "READ"}
    body |= {"source_instance": ECOLE, "source_media": str(media)}
    for version in (1, 2):
        title = f"Titre {version}"
        hub.send(row(ENT, "SHARE_PUT", "share:s1", version, title=title, **body))
        hub.work(idle)
        assert last(hub) == ("APPLIED", None)
        assert [(each["title"], each["hub_id"]) for each in held(ent)["documents"]] == [
            (title, "s1")
        ]
    hub.send(row(ENT, "SHARE_REMOVE", "share:s1", 3, share="s1"))
    hub.work(idle)
    assert held(ent)["documents"] == []


def test_a_document_of_this_ent_reaches_an_ecole(
    hub: Any, ecole: Any, ent: Any, group: Any, row: Row
) -> None:
    hub.send(group(ECOLE), group(ENT))
    hub.work(idle)
    native = {each["destination"]: each["native_id"] for each in hub.receipts}
    order = {"what": "share", "teacher": TEACHER, "group": native[ENT], "title": "Carnet"}
    (attachment,) = ent.call("POST /_sandbox/say", order).body["documents"]
    body = {"share": "s2", "group": "g1", "title": "Carnet", "kind": "DOCUMENT"}
    source = {"source_instance": ENT, "source_media": attachment, "permission": "READ"}
    hub.send(row(ECOLE, "SHARE_PUT", "share:s2", **body, **source))
    hub.work(idle)
    assert last(hub) == ("APPLIED", None)
    (found,) = ecole.call("GET /_sandbox/holds").body
    (here,) = held(ent)["documents"]
    assert [each["sha256"] for each in found["documents"]] == [here["sha256"]]


def test_work_given_elsewhere_is_told_in_the_groups_space_once(
    hub: Any, ent: Any, group: Any, row: Row
) -> None:
    fault(ent, kind="lost", times=1, path="/news")
    body = {"homework": "h1", "group": "g1", "title": "Lire", "due": "2026-10-12"}
    hub.send(group(ENT), row(ENT, "HOMEWORK_PUT", "homework:h1", 1, ["group:g1"], **body))
    hub.work(idle)
    told = {"title": "Lire", "due_date": "2026-10-12", "hub_id": "h1"}
    assert held(ent)["news"] == [told]


def test_a_notice_and_work_are_told_changed_and_withdrawn(
    hub: Any, ent: Any, group: Any, row: Row
) -> None:
    hub.send(group(ENT))
    for record, said in (("homework", {"due": "2026-10-12"}), ("notice", {})):
        entity, put = f"{record}:x-{record}", f"{record.upper()}_PUT"
        body = {record: f"x-{record}", "group": "g1", **said}
        for version, title in ((1, "Sortie"), (2, "Sortie au lac")):
            hub.send(row(ENT, put, entity, version, ["group:g1"], title=title, **body))
            hub.work(idle)
            assert [each["title"] for each in held(ent)["news"]] == [title]
        remove = {record: f"x-{record}"}
        hub.send(row(ENT, f"{record.upper()}_REMOVE", entity, 3, **remove))
        hub.work(idle)
        assert (held(ent)["news"], last(hub)) == ([], ("APPLIED", None))


def test_a_503_is_waited_out_in_milliseconds(hub: Any, ent: Any, group: Any) -> None:
    fault(ent, kind="status", status=503, retry_after="1500", times=1)
    hub.send(group(ENT))
    hub.work(idle, seconds=20)  # read as seconds, it would be 25 minutes
    calls = ent.call("GET /_sandbox/calls").body
    assert calls[0]["status"] == 503
    assert calls[1]["at"] - calls[0]["at"] >= 1500
    said = [(each["outcome"], each["reason"]) for each in hub.receipts]
    assert said == [("PENDING", "ENT_ERROR"), ("APPLIED", None)]


@pytest.mark.parametrize(
    ("contract", "reason"),
    [
        ({"creates_groups": False}, "NOT_SUPPORTED"),
        ({"account": "SKO_APP_NOT_SUBSCRIBED"}, "NOT_SUBSCRIBED"),
    ],
)
def test_what_the_contract_does_not_give_is_refused_with_its_reason(
    hub: Any, ent: Any, group: Any, has: Any, contract: dict[str, Any], reason: str
) -> None:
    ent.call("POST /_sandbox/say", {"what": "contract", **contract})
    hub.send(group(ENT), has("PUT", PUPIL))
    hub.work(idle)
    refused = {each["entity"]: (each["outcome"], each["reason"]) for each in hub.receipts}
    assert refused["group:g1"] == ("REFUSED", reason)
    assert refused[f"member:g1:{PUPIL}"] == ("REFUSED", "PARENT_REFUSED")
    assert effects(ent) == []


@pytest.mark.parametrize("account", ["BLOCKED_ACCOUNT", "SUSPENDED_ACCOUNT"])
def test_a_blocked_account_waits_for_the_operator(
    hub: Any, ent: Any, group: Any, account: str
) -> None:
    order = {"what": "contract", "account": account}
    ent.call("POST /_sandbox/say", order)
    hub.send(group(ENT))
    hub.work(lambda hub: hub.receipts)
    assert last(hub) == ("PENDING", "NOT_AUTHENTICATED")
    ent.call("POST /_sandbox/say", {**order, "account": ""})
    hub.work(idle)
    assert last(hub) == ("APPLIED", None)


@pytest.mark.parametrize("kind", ["status", "lie", "lost"])
def test_a_passing_fault_makes_no_second_group(hub: Any, ent: Any, group: Any, kind: str) -> None:
    fault(ent, kind=kind, times=1, status=500)
    hub.send(group(ENT))
    hub.work(idle)
    assert last(hub) == ("APPLIED", None)
    assert [each["verb"] for each in effects(ent)] == ["group.create"]


def test_who_is_unknown_there_is_refused_alone(hub: Any, ent: Any, group: Any, has: Any) -> None:
    hub.send(group(ENT), has("PUT", "ESKO-P-0"), has("PUT", PUPIL))
    hub.work(idle)
    refused = [each["reason"] for each in hub.receipts if each["outcome"] == "REFUSED"]
    assert refused == ["UNKNOWN_MEMBER"]
    assert held(ent)["members"] == [PUPIL]


def test_what_was_never_there_is_withdrawn_without_a_fuss(hub: Any, ent: Any, row: Row) -> None:
    hub.send(
        row(ENT, "SHARE_REMOVE", "share:s9", share="s9"),
        row(ENT, "HOMEWORK_REMOVE", "homework:h9", homework="h9"),
        row(ENT, "NOTICE_REMOVE", "notice:n9", notice="n9"),
        row(ENT, "GROUP_REMOVE", "group:g9", group="g9"),
    )
    hub.work(idle)
    assert list(hub.outcomes().values()) == ["APPLIED"] * 4
    assert effects(ent) == []
