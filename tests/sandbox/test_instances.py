"""The fictional ENTs have the names of the instances that they stand for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from preau.catalogue.card import read_card
from preau.demo.cantal.territory import BENEYLU, NETCIRCO, NETCOLLEGE, NETECOLE
from preau.demo.limoux import town
from preau.sandbox.instances import FIRST, INSTANCES, SECOND, of_product
from preau.sandbox.process import EntProcess
from preau.sandbox.site import PRODUCTS
from preau.shelf import connectors

PAGE = Path("docs/en/demo.md")


def test_every_product_of_the_sandbox_has_one_and_every_instance_a_product() -> None:
    assert {each.product for each in INSTANCES.values()} == set(PRODUCTS)
    assert all(of_product(product) for product in PRODUCTS)


def test_no_name_is_that_of_another_product() -> None:
    for name, each in INSTANCES.items():
        assert name == each.product or name not in PRODUCTS


@pytest.mark.parametrize("name", INSTANCES)
def test_its_degree_is_one_that_its_product_serves(name: str) -> None:
    each, degree = INSTANCES[name], read_card(connectors() / INSTANCES[name].product).degree
    served = {"first": {FIRST}, "second": {SECOND}, "both": {FIRST, SECOND, ""}}
    assert each.degree in served[degree]


def test_the_stories_play_them_under_these_names() -> None:
    played = (NETECOLE, BENEYLU, NETCIRCO, NETCOLLEGE, town.BENEYLU)
    products = [INSTANCES[name].product for name in played]
    assert products == ["netecole", "beneylu", "netcirco", "netcollege", "beneylu"]


def test_the_page_names_all_of_them_and_no_other(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / PAGE).read_text("utf-8").partition("ENTs, by name\n")[2]
    told = re.findall(r"^\| `(.+)` \| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    assert told == [(e.name, e.product, e.degree or "–", e.title) for e in INSTANCES.values()]


@pytest.mark.parametrize("name", INSTANCES)
def test_it_is_started_by_its_name_and_its_page_has_its_title(tmp_path: Path, name: str) -> None:
    ent = EntProcess(name, tmp_path, "token")
    ent.start()
    try:
        answer = ent.call("GET /")
        assert answer.status == 200
        shown = answer.body.decode().replace("&#39;", "'").replace("&#x27;", "'")
        assert INSTANCES[name].title in shown
    finally:
        ent.kill()


def test_one_of_no_such_name_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "preau.sandbox", "mon-ent-lozere"]
    options = ["--data", str(tmp_path), "--token", "token"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "mon-ent-lozere is not known" in " ".join(done.stderr.split())
