"""Letters of the intake are sealed at the inlets, opened by the step, and told when they do not."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import pytest

from preau.agents.letter_opening import open_letter
from preau.agents.normalise import Normalise
from preau.broker.records import Arrival
from preau.canon.codec import decode, encode
from preau.errors import SetAside
from preau.inlets.intake import INTAKE, Intake
from preau.inlets.sealing import sealing
from preau.keys.envelope import Envelopes, Unsealer
from preau.keys.leased import LEASE_MS
from preau.keys.master import MasterKey
from preau.keys.seal import Sealer
from preau.store.letter_keys import LetterKeys
from tests.agents.normalise.conftest import CONNECTOR, RECEIVED_MS, House, arrival

PUPIL = {"event": "PUPIL", "id": "1", "name": "Martin-Lefèvre", "born": "2016-03-09"}


class Post:
    """The step of a house with sealed letters: what an inlet writes, what the step reads."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.book = LetterKeys(house.engine, MasterKey(bytes(range(32))), house.clock)
        self.seal = sealing(Envelopes(self.book, house.clock))
        self.unsealer = Unsealer(self.book, house.clock)
        made = (Sealer(house.book, house.clock), encode, house.clock, self.unsealer)
        self.step = Normalise({CONNECTOR: house.normaliser}, *made)

    def letters(self, events: Sequence[object]) -> list[Arrival]:
        headers = [("instance", b"ecole"), ("received_at", str(RECEIVED_MS).encode())]
        topic = INTAKE + CONNECTOR
        clear = [Intake(topic, b"ecole/1", orjson.dumps(each), headers) for each in events]
        return [
            Arrival(topic, 1, offset, each.key, each.value, dict(each.headers))
            for offset, each in enumerate(self.seal(clear))
        ]


@pytest.fixture
def post(house: House) -> Post:
    return Post(house)


def test_a_sealed_letter_gives_what_a_clear_one_gives(post: Post) -> None:
    [sealed] = post.letters([PUPIL])
    assert b"Martin" not in (sealed.value or b"")
    [ours], [clear] = post.step.handle([sealed]), post.house.step.handle([arrival(PUPIL)])
    assert ours.headers == clear.headers
    assert ours.key == clear.key
    assert decode(ours.value or b"").value["meta"] == decode(clear.value or b"").value["meta"]


def test_clear_and_sealed_letters_are_worked_side_by_side(post: Post) -> None:
    made = post.step.handle([arrival(PUPIL), *post.letters([PUPIL, {**PUPIL, "id": "2"}])])
    assert [out.key for out in made] == [b"ecole/1", b"ecole/1", b"ecole/2"]


def test_a_letter_whose_key_was_destroyed_is_told_and_its_neighbours_go_on(post: Post) -> None:
    [old] = post.letters([PUPIL])
    post.book.close(["ecole"])
    post.book.destroy([each.kid for each in post.book.closed(["ecole"])])
    post.house.clock.advance(LEASE_MS)
    pupil, aside = post.step.handle([old, *post.letters([{**PUPIL, "id": "2"}])])
    assert pupil.key == b"ecole/2"
    told = decode(aside.value or b"").value
    assert (told["code"], told["instance"], told["offset"]) == ("LETTER_GONE", "ecole", 0)


def test_a_letter_moved_to_another_key_is_not_opened(post: Post) -> None:
    [letter] = post.letters([PUPIL])
    [aside] = post.step.handle([letter._replace(key=b"ecole/2")])
    assert decode(aside.value or b"").value["code"] == "LETTER_BROKEN"


def test_who_looks_at_the_original_opens_it_by_the_same_function(post: Post) -> None:
    [letter] = post.letters([PUPIL])
    assert orjson.loads(open_letter(post.unsealer, letter).value or b"") == PUPIL
    clear = arrival(PUPIL)
    assert open_letter(post.unsealer, clear) is clear
    with pytest.raises(SetAside):
        open_letter(post.unsealer, letter._replace(headers={**letter.headers, "kid": bytes(16)}))


def test_a_set_aside_of_an_inlet_is_not_sealed(post: Post) -> None:
    aside = Intake("preau.setaside.essai", b"ecole", b"why", [("ce_id", b"1")])
    assert post.seal([aside]) == [aside]
