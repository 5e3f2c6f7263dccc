"""The fictional ENTs by the names of their instances: which product each one is, and whose.

Which product a territory has, or had: `vendor-systems.md` §0 and §1 (académie de Montpellier,
Cantal, Val-d'Oise: Beneylu; Occitanie, Val-d'Oise's collèges: Kosmos; Yvelines: NEO), §4 (itop).
A name is nothing but a name: one product behaves alike under all of them, each with its own state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

FIRST, SECOND = "FIRST", "SECOND"


class Named(NamedTuple):
    """One instance: `degree` is that of its schools, empty for a service beside the ENTs."""

    name: str
    product: str
    degree: str
    title: str


_ALL = (
    Named("ent-ecole", "beneylu", FIRST, "ENT-école, académie de Montpellier (fictif)"),
    Named("beneylu-cantal", "beneylu", FIRST, "Beneylu School, Cantal (fictif)"),
    Named("beneylu-valdoise", "beneylu", FIRST, "Beneylu School, Val-d'Oise (fictif)"),
    Named("netecole-cantal", "netecole", FIRST, "Net'École, Cantal (fictif)"),
    Named("netcirco-aurillac", "netcirco", FIRST, "Net'circo, Aurillac (fictif)"),
    Named("netcollege-cantal", "netcollege", SECOND, "NetCollège, Cantal (fictif)"),
    Named("mon-ent-occitanie", "skolengo", SECOND, "Mon ENT Occitanie (fictif)"),
    Named("ent-valdoise-college", "skolengo", SECOND, "Mon collège en Val d'Oise (fictif)"),
    Named("neo-yvelines", "edifice", SECOND, "NEO, Yvelines (fictif)"),
    Named("one-idf", "edifice", FIRST, "ONE, Île-de-France (fictif)"),
    Named("magistere", "magistere", SECOND, "m@gistère (fictif)"),
    Named("gar", "gar", "", "GAR (fictif)"),
    Named("oneroster", "oneroster", "", "Lecteur OneRoster (fictif)"),
)
INSTANCES: Mapping[str, Named] = {each.name: each for each in _ALL}
"""In the order of the product's first; the first of a product stands for it."""


def of_product(product: str) -> list[Named]:
    """The instances of a product, the one that stands for it first."""
    return [each for each in _ALL if each.product == product]
