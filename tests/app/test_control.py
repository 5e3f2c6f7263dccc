"""What a process stands on: made whole at the first start, refused when a part is lost."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from preau import shelf
from preau.app.control import Control, open_control
from preau.app.products import check_products
from preau.errors import FixTheFolder, SetAside, Stop
from preau.inlets.intake import Heard, may_say
from preau.settings import Settings
from preau.store import projects
from preau.store.instances import Instance
from preau.store.project_moves import Former
from preau.store.projects import Place, Project


@pytest.fixture
def settings(tmp_path: Path, blank_database: str) -> Settings:
    return Settings(data=str(tmp_path / "hub"), database=blank_database)


@pytest.fixture
def control(settings: Settings) -> Iterator[Control]:
    with open_control(settings) as opened:
        yield opened


def declare(control: Control, name: str, *, way_out: str = "none", disabled: bool = False) -> None:
    said = ("beneylu", "FIRST", "11", "https://ent.example.org", "token", way_out)
    control.instances.put(Instance(name, *said, loopback=False, disabled=disabled))


def test_the_first_start_makes_a_key_and_later_ones_use_it(settings: Settings) -> None:
    with open_control(settings) as first:
        secret = first.master.secret("something")
    with open_control(settings) as second:
        assert second.master.secret("something") == secret


def test_a_lost_master_key_is_never_replaced(settings: Settings) -> None:
    with open_control(settings):
        pass
    settings.master_key_file.unlink()
    with pytest.raises(Stop, match="MASTER_KEY_MISSING"), open_control(settings):
        pass
    assert not settings.master_key_file.exists()


def test_another_hubs_master_key_is_refused(settings: Settings) -> None:
    with open_control(settings):
        pass
    settings.master_key_file.write_bytes(base64.b64encode(os.urandom(32)))
    with pytest.raises(Stop, match="MASTER_KEY_WRONG"), open_control(settings):
        pass


def test_an_instance_speaks_as_its_card_says(control: Control) -> None:
    declare(control, "ent-ecole")
    speaker = control.speaker("ent-ecole")
    assert speaker is not None
    assert (speaker.connector, speaker.reader, speaker.academy) == ("beneylu", "json", "11")
    assert speaker.order == control.card("beneylu").order


def test_nobody_speaks_for_an_unknown_or_a_disabled_instance(control: Control) -> None:
    declare(control, "ent-ecole", disabled=True)
    assert control.speaker("ent-ecole") is None
    assert control.speaker("elsewhere") is None
    assert control.droppers() == []
    assert control.degree("elsewhere") is None


def given_and_left(control: Control, place: Place) -> None:
    """A project that runs today, and one establishment of it."""
    days = ("2020-01-01", "2099-12-31")
    made = Project("p", "g", "Conte", "PROJET_PEDAGOGIQUE", *days, "OPEN", 1, "e", 1, (place,))
    with control.engine.begin() as connection:
        projects.put(connection, made)


MOVED = Place("0119001Z", "nouvel", "AUTHORISED", "DASEN", 1, (), former=(Former("ent-ecole", 1),))
LEFT = Place("0119001Z", "ent-ecole", "AUTHORISED", "DASEN", 1, (), until="2020-02-01")


@pytest.mark.parametrize("place", [MOVED, LEFT])
def test_an_ent_that_is_left_may_only_take_back_what_it_gave(
    control: Control, place: Place
) -> None:
    declare(control, "ent-ecole")
    given_and_left(control, place)
    speaker = control.speaker("ent-ecole")
    assert speaker is not None
    may_say(speaker, Heard(b"", {"data": {"id": 51}}, "MEDIA_DELETED"))
    assert control.publishing("ent-ecole").back
    with pytest.raises(SetAside, match="MANDATE_MISSING"):
        may_say(speaker, Heard(b"", {"data": {"id": 51}}, "MEDIA_LIBRARY_NEW_SHARE"))


@pytest.mark.parametrize("place", [MOVED, LEFT])
def test_whose_school_took_its_word_back_has_nothing_left_to_take_back(
    control: Control, place: Place
) -> None:
    declare(control, "ent-ecole")
    given_and_left(control, place._replace(decision="WITHDRAWN"))
    assert not control.publishing("ent-ecole").back


def test_a_way_out_that_is_closed_leaves_the_way_in_open(control: Control) -> None:
    declare(control, "ent-ecole", way_out="webhook")
    control.close_way_out("ent-ecole")
    instance = control.instances.get("ent-ecole")
    assert instance is not None
    assert instance.way_out == "none"
    assert control.speaker("ent-ecole") is not None
    control.close_way_out("elsewhere")


def test_two_instances_never_share_a_pseudonym(control: Control) -> None:
    name = control.pseudonyms()
    assert name("ent-ecole", "person-1") == name("ent-ecole", "person-1")
    assert name("ent-ecole", "person-1") != name("mon-ent", "person-1")
    assert name("ent-ecole", "person-1") != name("ent-ecole", "person-2")


def test_further_connectors_stand_beside_the_ones_that_ship(
    tmp_path: Path, one_database: str
) -> None:
    shelf_of_mine = tmp_path / "mine"
    copied = shelf_of_mine / "my-ent"
    shutil.copytree(shelf.connectors() / "beneylu", copied)
    card = copied / "connector.yaml"
    card.write_text(card.read_text("utf-8").replace("product: beneylu", "product: my-ent"))
    hub = str(tmp_path / "hub")
    settings = Settings(data=hub, connectors=str(shelf_of_mine), database=one_database)
    with open_control(settings) as control:
        assert {"my-ent", "beneylu", "edifice", "aaf"} <= set(control.catalogue.names())
        assert control.card("my-ent").product == "my-ent"


def test_a_further_connector_may_not_hide_one_that_ships(tmp_path: Path, one_database: str) -> None:
    shutil.copytree(shelf.connectors() / "beneylu", tmp_path / "mine" / "beneylu")
    hub, mine = str(tmp_path / "hub"), str(tmp_path / "mine")
    settings = Settings(data=hub, connectors=mine, database=one_database)
    with pytest.raises(FixTheFolder, match="CONNECTOR_TWICE"), open_control(settings):
        pass


def test_an_instance_whose_product_is_gone_is_found_before_anything_starts(
    control: Control,
) -> None:
    declare(control, "ent-ecole")
    check_products(control)
    said = ("gone", "FIRST", None, "", "", "none")
    control.instances.put(Instance("old", *said, loopback=False, disabled=False))
    with pytest.raises(FixTheFolder, match="UNKNOWN_CONNECTOR"):
        check_products(control)
    control.instances.disable("old")
    check_products(control)


def test_readers_get_the_hashes_of_the_deployment_and_no_others(control: Control) -> None:
    hidden = control.digests.hidden("LAPEYRE Côme")
    assert (
        hidden == control.digests.hidden("LAPEYRE Côme") != control.digests.hidden("LAPEYRE Come")
    )
    assert control.digests.mask("120890177FA") not in {
        f"ine:{control.digests.hidden('120890177FA')}",
        hidden,
    }
    assert len(hidden) == 64
