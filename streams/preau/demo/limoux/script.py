"""The story of Limoux, whole: who is in it, and what happens."""

from __future__ import annotations

from preau.demo.cast import Cast, Deposit, Ent
from preau.demo.limoux.acts import ACTS
from preau.demo.limoux.seeds import beneylu_seed, edifice_seed
from preau.demo.limoux.town import ACADEMY, BENEYLU, EDIFICE, STATE
from preau.demo.playbill import Heading
from preau.demo.script import Script

CAST = Cast(
    ACADEMY,
    (
        Ent(BENEYLU, "beneylu", "FIRST", beneylu_seed(), "voient les écoles"),
        Ent(EDIFICE, "edifice", "SECOND", edifice_seed(complete=False), "voit le collège"),
    ),
    (Deposit(STATE, "aaf", "SECOND"),),
)
LIMOUX = Script(
    CAST,
    Heading("start", "Le hub et les deux ENT démarrent", "démarrage"),
    "deux ENT fictifs : Beneylu pour les écoles, Edifice pour le collège",
    ACTS,
)
