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
    it is put in that place among `most` fields, the others empty.
    """

    least: int
    most: int
    rest: int | None = None
    short: int | None = None

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
            return list(fields)
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
}

#: Daily life, addresses, telephones, money: dropped at the edge, before anything is kept.
BLOCKED = _words(
    "ENTPersonAdresse ENTPersonCodePostal ENTPersonVille ENTPersonPays ENTPersonAdresseDiffusion"
    " ENTEleveAdresseRel homePhone telephoneNumber mobile ENTPersonMobileSMS ENTPersonTelPerso"
    " ENTPersRelEleveTelPro ENTPersRelEleveTelMobile ENTEleveBoursier ENTEleveTransport"
    " ENTEleveRegime ENTEleveRestaurantScolaire ENTEleveGarderieMatin ENTEleveGarderieSoir"
    " ENTEleveEtudesSurveillees ENTElevePersRelEleve1 ENTElevePersRelEleve2"
    " ENTEleveQualitePersRelEleve1 ENTEleveQualitePersRelEleve2 ENTPersonLieuNaissance"
)

#: Every other attribute that the sources describe; one that is in no list is kept and counted.
KNOWN = _words(
    "ENTPersonJointure ENTPersonDateNaissance ENTPersonNomPatro sn givenName ENTPersonAutresPrenoms"
    " personalTitle mail ENTPersonStructRattach ENTEleveINE ENTEleveStructRattachId"
    " ENTEleveStructureRattachIdMEN ENTEleveStatutEleve ENTEleveMEF ENTEleveLibelleMEF"
    " ENTEleveNivFormation ENTEleveFiliere ENTEleveEnseignements ENTEleveCodeEnseignements"
    " ENTEleveDateEntreeStructRattach ENTEleveDateSortieStructRattach ENTEleveParents"
    " ENTElevePere ENTEleveMere ENTEleveAutoriteParentale ENTAuxEnsCategoDiscipline"
    " ENTAuxEnsDisciplinesPoste ENTAuxEnsMEF ENTAuxEnsMatiereEnseignEtab"
    " PersEducNatPresenceDevantEleves ENTPersonCategorieEnseignant ENTEnsFonctionDir"
    " ENTPersonSTSId ENTPersonStructRattachDate ENTAuxEnsCategoDisciplineDate ENTAuxEnsMEFDate"
    " ENTAuxEnsClassesMatieresDate ENTAuxEnsGroupesMatieresDate ENTAuxEnsClassesPrincipalDate"
    " ENTPersonFonctionsDate ENTPersonCategorieEnseignantDate ENTAuxPersRelEleveEleve"
    " ENTStructureJointure ENTStructureUAI ENTEtablissementUAI ENTStructureSIREN"
    " ENTStructureTypeStruct ENTStructureCodeTypeStruct ENTEtablissementMinistereTutelle"
    " ENTEtablissementCodeMinistereTutelle ENTEtablissementContrat postOfficeBox street postalCode"
    " l facsimileTelephoneNumber ENTStructureMailSI ENTEtablissementStructRattachFctl"
    " ENTEtablissementBassin ENTServAcAcademie ENTServAcCodeAcademie ENTMatJointure"
    " ENTLibelleMatiere ENTMatiereRattach ENTMefJointure ENTLibelleMef ENTMEFRattach ENTMEFSTAT11"
    " ENTNivFormation ENTFiliere ENTPersonNom ENTPersonPrenom ENTPersonCivilite ENTPersonMail"
    " ENTEleveNiveau ENTEleveCycle ENTEleveTypeClasse ENTPersRelEleveEleve ENTStructureAdresse"
    " ENTStructureCodePostal ENTStructureVille ENTStructureTelephone ENTStructureFax"
    " ENTStructureEmail ENTStructureBoitePostale ENTEcoleMinistereTutelle"
    " ENTEcoleCodeMinistereTutelle ENTEcoleSecteur ENTEcoleCirconscription ENTEcoleCommune"
    " ENTEcoleRPI ENTEnsSpecialites"
) | frozenset(ARITIES)
