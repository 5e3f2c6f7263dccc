"""The twelve levels of a territory, from petite section to 3e, and the codes of their formations.

MEF and MEFSTAT11 are those of the State's MefEducNat of 2013; those of SEGPA after the 6e are
assumed [A] from its own (164, then 165, 166, 167).
"""

from __future__ import annotations

from typing import NamedTuple


class Level(NamedTuple):
    """One level: its label in schools, its MEF, MEFSTAT11, the MEF's label, its cycle."""

    label: str
    mef: str
    mefstat11: str
    long: str
    cycle: str

    @property
    def mefstat4(self) -> str:
        """What the first degree writes."""
        return self.mefstat11[:4]


LEVELS = (
    Level("PS", "00010001310", "11110010001", "PETITE SECTION", "1"),
    Level("MS", "00010001320", "11120010001", "MOYENNE SECTION", "1"),
    Level("GS", "00010001330", "11130010001", "GRANDE SECTION", "1"),
    Level("CP", "00110002110", "11210010002", "COURS PREPARATOIRE", "2"),
    Level("CE1", "00210002210", "11220010002", "COURS ELEMENTAIRE 1", "2"),
    Level("CE2", "00210002220", "11230010002", "COURS ELEMENTAIRE 2", "2"),
    Level("CM1", "00310002210", "11240010002", "COURS MOYEN 1", "3"),
    Level("CM2", "00310002220", "11250010002", "COURS MOYEN 2", "3"),
    Level("6EME", "10010012110", "21110010012", "6EME", "3"),
    Level("5EME", "10110001110", "21120010001", "5EME", "4"),
    Level("4EME", "10210001110", "21150010001", "4EME", "4"),
    Level("3EME", "10310019110", "21160010019", "3EME GENERALE", "4"),
)
CP = 3
CM2 = 7
COLLEGE = 8
LAST = 11
#: By level from the 6e on.
SEGPA = (
    Level("6EME", "16410002110", "24310010002", "6EME SEGPA", "3"),
    Level("5EME", "16510002110", "24320010002", "5EME SEGPA", "4"),
    Level("4EME", "16610002110", "24350010002", "4EME SEGPA", "4"),
    Level("3EME", "16710002110", "24360010002", "3EME SEGPA", "4"),
)
#: A formation of one académie: it is known by the national one that it hangs from.
LOCAL = Level("6EME", "1001000B11A", "21110010012", "6EME BILANGUE", "3")


class Subject(NamedTuple):
    """One subject: its code, its label, and the discipline of whoever teaches it."""

    code: str
    label: str
    discipline: str
    trade: str
    category: str


SUBJECTS = (
    Subject("020700", "FRANCAIS", "L0202", "LETTRES MODERNES", "02$LETTRES"),
    Subject("061300", "MATHEMATIQUES", "L1300", "MATHEMATIQUES", "13$MATHEMATIQUES"),
    Subject("043700", "HISTOIRE-GEOGRAPHIE", "L1000", "HISTOIRE GEOGRAPHIE", "10$HIST.-GEOGRAPHIE"),
    Subject("030201", "ANGLAIS LV1", "L0422", "ANGLAIS", "04$LANGUES VIVANTES"),
    Subject("100100", "EDUCATION PHYSIQUE ET SPORTIVE", "L1900", "E.P.S", "19$E.P.S"),
    Subject("062900", "SCIENCES VIE & TERRE", "L1600", "SCIENCES NATURELLES", "16$S.V.T."),
    Subject("070800", "TECHNOLOGIE", "L1400", "TECHNOLOGIE", "14$TECHNOLOGIE"),
    Subject("090100", "ARTS PLASTIQUES", "L1800", "ARTS PLASTIQUES", "18$ARTS PLASTIQUES"),
    Subject("081300", "EDUCATION MUSICALE", "L1700", "EDUCATION MUSICALE", "17$EDUC. MUSICALE"),
    Subject("062300", "PHYSIQUE-CHIMIE", "L1500", "SCIENCES PHYSIQUES", "15$SCIENCES PHYSIQUES"),
)
