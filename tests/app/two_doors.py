"""Every command of an operator and its route: what is typed, what is sent, which desk hears it."""

from __future__ import annotations

from typing import Any

from preau.app import register, rights_desk
from preau.app.breach import Breaches
from preau.app.export import Exports
from preau.app.identity_desk import IdentityDesk
from preau.app.mandates_desk import MandatesDesk
from preau.app.receipts_desk import ReceiptsDesk
from preau.app.rights_desk import RightsDesk
from preau.app.sectors_desk import SectorsDesk
from preau.app.set_asides_desk import SetAsidesDesk
from preau.app.switch_desk import SwitchDesk
from preau.app.why_desk import WhyDesk
from preau.cli import rights
from tests.app.door import act, read
from tests.app.project_doors import PROJECTS

MANDATE = {
    "establishment": "0119010J",
    "instance": "mon-ent",
    "direction": "RECEIVE",
    "purpose": "LIAISON_CM2_6E",
    "legal_basis": "C-7",
    "granted_by": "PRINCIPAL",
    "records": ["share"],
    "fields": ["share.title"],
    "from": "2026-10-12",
    "until": "2027-07-02",
}
GRANT = "mon-ent receive --uai 0119010J --purpose LIAISON_CM2_6E --basis C-7 --by PRINCIPAL"
GRANT += " --record share --field share.title --from 2026-10-12 --until 2027-07-02"
MOVE = {"uai": "0119010J", "from": "academie", "to": "rectorat"}
LEAKED = "--instance academie --from 2026-11-25 --to 2026-11-26"
CHOSEN = {"connector": "aaf", "code": "X", "limit": 9, "dry_run": True}
CUT = {"kind": "uai", "target": "0119010J", "let_withdrawals": True, "reason": "essai"}
ERASED = {"people": ["p-1", "p-2"], "by": "DPO", "keep_out": True}


BY = {"by": "DASEN"}
REGISTER: tuple[tuple[Any, str], ...] = ((rights, "register_of"), (rights_desk, "register_of"))
"""The same function under two names: `preau.app.register.register_of`."""
assert {getattr(*each) for each in REGISTER} == {register.register_of}

DOORS = (
    *PROJECTS,
    act(f"mandate grant {GRANT}", "POST /v1/mandates", (MandatesDesk, "grant"), MANDATE),
    act(
        "mandate revoke m-1",
        "POST /v1/mandates/{id_}/revoke",
        (MandatesDesk, "revoke"),
        {},
        id_="m-1",
    ),
    read(
        "mandate list --instance mon-ent",
        "GET /v1/mandates",
        (MandatesDesk, "given"),
        query="instance=mon-ent",
    ),
    act(
        "sector set 0119010J 0119001Z 0119002A",
        "PUT /v1/sectors",
        (SectorsDesk, "declare"),
        {"college": "0119010J", "ecoles": ["0119001Z", "0119002A"]},
    ),
    act(
        "sector import FILE --complete",
        "POST /v1/sectors/import",
        (SectorsDesk, "take"),
        "college;ecole",
        query="complete=true",
    ),
    read("sector list", "GET /v1/sectors", (SectorsDesk, "declared")),
    act(
        "identity confirm f00d --by DASEN",
        "POST /v1/identity/pairs/{pair}/confirm",
        (IdentityDesk, "confirm"),
        BY,
        pair="f00d",
    ),
    act(
        "identity refuse f00d --by DASEN",
        "POST /v1/identity/pairs/{pair}/refuse",
        (IdentityDesk, "refuse"),
        BY,
        pair="f00d",
    ),
    act(
        "identity split ent/1 --by DASEN",
        "POST /v1/identity/split",
        (IdentityDesk, "split"),
        {"source": "ent/1", **BY},
    ),
    act(
        "identity undo r-1 --by DASEN",
        "POST /v1/identity/rulings/{ruling}/undo",
        (IdentityDesk, "undo"),
        BY,
        ruling="r-1",
    ),
    act(
        "identity move-uai 0119010J --from academie --to rectorat --confirm-by DASEN",
        "POST /v1/identity/moves",
        (IdentityDesk, "confirm_move"),
        {**MOVE, **BY},
    ),
    read(
        "identity move-uai 0119010J --from academie --to rectorat",
        "GET /v1/identity/moves",
        (IdentityDesk, "moving"),
        query="uai=0119010J&from=academie&to=rectorat",
    ),
    read(
        "identity probable --possible",
        "GET /v1/identity/review",
        (IdentityDesk, "review"),
        query="possible=true",
    ),
    read("identity review", "GET /v1/identity/review", (IdentityDesk, "review")),
    read("identity rulings", "GET /v1/identity/rulings", (IdentityDesk, "rulings")),
    read("why person ent/1", "GET /v1/why/person/{wanted}", (WhyDesk, "explained"), wanted="ent/1"),
    read(
        "why school 0119010J",
        "GET /v1/why/school/{uai}",
        (WhyDesk, "school"),
        uai="0119010J",
    ),
    read("why group ent/G7", "GET /v1/why/group/{wanted}", (WhyDesk, "group"), wanted="ent/G7"),
    read("why share ent/s", "GET /v1/why/share/{wanted}", (WhyDesk, "share"), wanted="ent/s"),
    read(
        "person show ent/1",
        "GET /v1/identity/people/{wanted}",
        (WhyDesk, "explained"),
        wanted="ent/1",
    ),
    act(
        "person erase p-1 p-2 --by DPO --keep-out",
        "POST /v1/persons/erasures",
        (RightsDesk, "erase"),
        ERASED,
    ),
    read("person erasures", "GET /v1/persons/erasures", (RightsDesk, "last")),
    act(
        "person export p-1 --by DPO --out OUT",
        "POST /v1/persons/export",
        (Exports, "of"),
        {"person": "p-1", "by": "DPO"},
    ),
    act(
        "person let-in ent/1",
        "POST /v1/persons/let-in",
        (RightsDesk, "let_in"),
        {"account": "ent/1"},
    ),
    act(
        f"breach {LEAKED}",
        "GET /v1/breach",
        (Breaches, "scope"),
        query="instance=academie&from=2026-11-25&to=2026-11-26",
    ),
    read("register --out OUT", "GET /v1/register", (REGISTER, "")),
    act(
        "setaside redrive --connector aaf --code X --limit 9 --dry-run",
        "POST /v1/setasides/redrive",
        (SetAsidesDesk, "redrive"),
        CHOSEN,
    ),
    act(
        "setaside drop e-1 e-2",
        "POST /v1/setasides/drop",
        (SetAsidesDesk, "drop"),
        {"ids": ["e-1", "e-2"]},
    ),
    read(
        "setaside list --connector aaf --state OPEN",
        "GET /v1/setasides",
        (SetAsidesDesk, "causes"),
        query="connector=aaf&state=OPEN",
    ),
    read("setaside show e-1", "GET /v1/setasides/{id_}", (SetAsidesDesk, "show"), id_="e-1"),
    act(
        "switch cut --uai 0119010J --let-withdrawals --reason essai",
        "POST /v1/switches",
        (SwitchDesk, "cut"),
        CUT,
    ),
    act(
        "switch resume 7",
        "POST /v1/switches/{number}/resume",
        (SwitchDesk, "resume"),
        {},
        number="7",
    ),
    read("switch list", "GET /v1/switches", (SwitchDesk, "last")),
    read(
        "receipts --project p-1 --late",
        "GET /v1/receipts",
        (ReceiptsDesk, "lines"),
        query="project=p-1&late=true",
    ),
)
ONLY_COMMANDS = {
    "project directory": "a short form of `preau project join`, with the ENT that the project has",
}
ONLY_ROUTES = {
    "POST /v1/receipts": "what an ENT answers, with its own key",
    "GET /v1/persons/erasures/{id_}": "one line of what `preau person erasures` lists",
}
