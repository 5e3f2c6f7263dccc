"""The register says what the hub really does: every sensitive field, topic, table and recipient."""

from __future__ import annotations

import re

from preau.broker.topics import declared
from preau.canon.schemas import load
from preau.rights.register import Deeds, Party, register, register_page
from preau.store.clocks import CLOCKS

NEEDS = {"MEMBER_PUT": ("group", "local_id")}
PARTIES = [
    Party("ent-college", "produit", "SECOND", written_to=True, needs=NEEDS),
    Party("academie", "annuaire", "FIRST", written_to=False, needs={}),
]
TOPICS = declared(["produit"], ["ent-college"])
TOLD = register(Deeds(PARTIES, ["Lire ensemble"], TOPICS, 12), load(), "2026-11-25T12:00:00")


def test_every_personal_field_is_there_with_its_words() -> None:
    personal = {each["champ"] for each in TOLD["données"] if each["classe"] == "personal"}
    assert {"family_name", "given_names", "birth_date", "email", "ine_digest"} <= personal
    assert all(each["description"] for each in TOLD["données"])


def test_every_field_whose_schema_calls_it_sensitive_is_there() -> None:
    text = "".join(schema.text for schema in load().values())
    said = re.findall(r'"x-sensitivity": "(?:personal|pseudonymous)', text)
    inner = [e for e in TOLD["données"] if e["champ"].endswith(("kid", "nonce", "ciphertext"))]
    assert len(TOLD["données"]) + 12 > len(said) - len(inner)
    assert {each["objet"] for each in TOLD["données"]} >= {"person", "membership", "delivery"}


def test_every_topic_and_table_has_its_time() -> None:
    assert TOLD["durées"]["journaux"].keys() == {topic.name for topic in TOPICS}
    assert TOLD["durées"]["tables"].keys() == CLOCKS.keys()
    assert TOLD["durées"]["journaux"]["preau.intake.produit"].startswith("7 jours")


def test_only_whoever_is_written_to_receives_and_only_what_its_card_lists() -> None:
    [one] = TOLD["destinataires"]
    assert one == {"instance": "ent-college", "champs": {"MEMBER_PUT": ["group", "local_id"]}}
    assert [each["instance"] for each in TOLD["sources"]] == ["ent-college", "academie"]


def test_the_page_says_it_in_french_and_fetches_nothing() -> None:
    page = register_page(TOLD)
    assert '<html lang="fr">' in page
    assert "Lire ensemble" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
