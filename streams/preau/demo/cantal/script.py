"""The story of the Cantal, whole: who is in it, and what happens."""

from __future__ import annotations

from preau.demo.cantal.acts import ACTS
from preau.demo.cantal.seeds import beneylu_seed, rooms_seed
from preau.demo.cantal.territory import ACADEMY, BENEYLU, NETCIRCO, NETCOLLEGE, NETECOLE
from preau.demo.cast import Cast, Ent
from preau.demo.playbill import Heading
from preau.demo.script import Script

CAST = Cast(
    ACADEMY,
    (
        Ent(NETECOLE, "netecole", "FIRST", rooms_seed(NETECOLE), "voient les quatre groupements"),
        Ent(BENEYLU, "beneylu", "FIRST", beneylu_seed(), "voient les autres écoles"),
        Ent(NETCIRCO, "netcirco", "FIRST", rooms_seed(NETCIRCO), "voient les circonscriptions"),
        Ent(NETCOLLEGE, "netcollege", "SECOND", rooms_seed(NETCOLLEGE), "voit le collège"),
    ),
)
CANTAL = Script(
    CAST,
    Heading("start", "Le hub et quatre ENT démarrent", "démarrage"),
    "quatre ENT fictifs : Net'École, Beneylu, Net'circo et NetCollège",
    ACTS,
)
