"""The attributes of AAF, as data: how each `$` value is cut, and which never enter the hub.

Source: what the public readers of production files do (entcore's feeder and its test files; the
GAR writers), second degree versions VE1301 (2013) to VE2407 (2024), first degree by its mapping.
The ministry's own format book was not readable: a dialect that is not here is set aside with its
reason.
"""

from __future__ import annotations

from typing import NamedTuple

Value = str | list["str | list[str]"]


class Arity(NamedTuple):
    """How many `$` fields a value has: `least` to `most`.

    With `rest`, the fields from number `rest` on (from 0) become one list, as the list of MEF in
    `6A$6e A$10010012110$10010012111`. With `short`, a value of one field alone is an older dialect:
    it is put in that place among `most` fields, the others empty. With `kept`, only that many
    fields are read: what the others hold is not known, so they go no further.
    """

    least: int
    most: int
    rest: int | None = None
    short: int | None = None
    kept: int | None = None

    def cut(self, value: str) -> Value | None:
        """The fields of one value, trimmed; None when it has not the right number of them."""
        fields = [field.strip() for field in value.split("$")]
        if self.short is not None and len(fields) == 1:
            empty = [""] * self.most
            empty[self.short] = fields[0]
            return list(empty)
        if not self.least <= len(fields) <= self.most:
            return None
        if self.rest is None:
            return list(fields[: self.kept])
        return [*fields[: self.rest], [field for field in fields[self.rest :] if field]]

    def __str__(self) -> str:
        count = f"{self.least}" if self.least == self.most else f"{self.least} or more"
        return f"{count} fields between $" if self.short is None else f"1 or {count} fields"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MANY = 500  # classes or MEF of one value: no structure has as many
_PAIR, _TRIPLE = Arity(2, 2), Arity(3, 3)
_LISTED = Arity(2, _MANY, rest=2)

#: Attributes that the mapping may cut; all others stay whole, `$` included.
ARITIES: dict[str, Arity] = {
    "ENTEleveClasses": _PAIR,  # structure, class code
    "ENTEleveGroupes": _PAIR,
    "ENTAuxEnsClasses": _PAIR,
    "ENTAuxEnsGroupes": _PAIR,
    "ENTAuxEnsClassesPrincipal": _PAIR,
    "ENTAuxEnsClassesMatieres": _TRIPLE,  # structure, class code, subject code
    "ENTAuxEnsGroupesMatieres": _TRIPLE,
    "ENTEleveDateEntreeClasses": _TRIPLE,  # structure, dd/mm/yyyy, class code
    "ENTEleveDateSortieClasses": _TRIPLE,
    "ENTPersonFonctions": Arity(5, 5),  # structure, function, its label, discipline, its label
    "ENTElevePersRelEleve": Arity(6, 6),  # jointure, kinship, pays, legal, contact, payment
    "ENTStructureClasses": _LISTED,  # class code, label, [MEF]
    "ENTStructureGroupes": _LISTED,  # group code, label, [classes it draws from]
    "ENTStructureNomCourant": Arity(3, 3, short=1),  # CLG$NAME$TOWN in 2024, the name in 2013
    "ENTPersonClasses": Arity(5, 5),  # first degree: structure, ?, ?, class id, label
    "ENTPersonGroupes": Arity(5, 5),
    "ENTEleveAutoriteParentale": Arity(1, 20, kept=1),  # first degree: jointure, then not known
}

#: Attributes whose values follow one another; those of all others have no order, as in a directory.
ORDERED = _words(
    "sn givenName ENTPersonNomPatro ENTPersonNom ENTPersonPrenom ENTPersonAutresPrenoms"
    " ENTEleveEnseignements ENTEleveCodeEnseignements"
)

#: Daily life, addresses (of schools too: nothing needs them), telephones, money: dropped at the
#: edge, before anything is kept. ENTEleveTypeClasse says of one pupil that the class is an ULIS,
#: which is health; of a class its label says it.
BLOCKED = _words(
    "ENTPersonAdresse ENTPersonCodePostal ENTPersonVille ENTPersonPays ENTPersonAdresseDiffusion"
    " ENTEleveAdresseRel homePhone telephoneNumber mobile ENTPersonMobileSMS ENTPersonTelPerso"
    " ENTPersRelEleveTelPro ENTPersRelEleveTelMobile ENTEleveBoursier ENTEleveTransport"
    " ENTEleveRegime ENTEleveRestaurantScolaire ENTEleveGarderieMatin ENTEleveGarderieSoir"
    " ENTEleveEtudesSurveillees ENTElevePersRelEleve1 ENTElevePersRelEleve2"
    " ENTEleveQualitePersRelEleve1 ENTEleveQualitePersRelEleve2 ENTPersonLieuNaissance"
    " ENTEleveTypeClasse postOfficeBox street postalCode l facsimileTelephoneNumber"
    " ENTStructureMailSI ENTStructureAdresse ENTStructureCodePostal ENTStructureVille"
    " ENTStructureTelephone ENTStructureFax ENTStructureEmail ENTStructureBoitePostale"
)

#: Every other attribute that the sources describe; of one in no list, only the name is kept.
KNOWN = _words(
    "ENTPersonJointure ENTPersonDateNaissance ENTPersonNomPatro sn givenName ENTPersonAutresPrenoms"
    " personalTitle mail ENTPersonStructRattach ENTEleveINE ENTEleveStructRattachId"
    " ENTEleveStructureRattachIdMEN ENTEleveStatutEleve ENTEleveMEF ENTEleveLibelleMEF"
    " ENTEleveNivFormation ENTEleveFiliere ENTEleveEnseignements ENTEleveCodeEnseignements"
    " ENTEleveDateEntreeStructRattach ENTEleveDateSortieStructRattach ENTEleveParents ENTElevePere"
    " ENTEleveMere ENTAuxEnsCategoDiscipline ENTAuxEnsDisciplinesPoste ENTAuxEnsMEF"
    " ENTAuxEnsMatiereEnseignEtab PersEducNatPresenceDevantEleves ENTPersonCategorieEnseignant"
    " ENTEnsFonctionDir ENTPersonSTSId ENTPersonStructRattachDate ENTAuxEnsCategoDisciplineDate"
    " ENTAuxEnsMEFDate ENTAuxEnsClassesMatieresDate ENTAuxEnsGroupesMatieresDate"
    " ENTAuxEnsClassesPrincipalDate ENTPersonFonctionsDate ENTPersonCategorieEnseignantDate"
    " ENTAuxPersRelEleveEleve ENTStructureJointure ENTStructureUAI ENTEtablissementUAI"
    " ENTStructureSIREN ENTStructureTypeStruct ENTStructureCodeTypeStruct"
    " ENTEtablissementMinistereTutelle ENTEtablissementCodeMinistereTutelle ENTEtablissementContrat"
    " ENTEtablissementStructRattachFctl ENTEtablissementBassin ENTServAcAcademie"
    " ENTServAcCodeAcademie ENTMatJointure ENTLibelleMatiere ENTMatiereRattach ENTMefJointure"
    " ENTLibelleMef ENTMEFRattach ENTMEFSTAT11 ENTNivFormation ENTFiliere ENTPersonNom"
    " ENTPersonPrenom ENTPersonCivilite ENTPersonMail ENTEleveNiveau ENTEleveCycle"
    " ENTPersRelEleveEleve ENTEcoleMinistereTutelle ENTEcoleCodeMinistereTutelle ENTEcoleSecteur"
    " ENTEcoleCirconscription ENTEcoleCommune ENTEcoleRPI ENTEnsSpecialites"
) | frozenset(ARITIES)
