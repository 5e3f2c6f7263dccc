"""Every conversion keeps its own examples, and refuses the rest in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.registry import CONVERSIONS
from preau.mapping.refusal import Unfit

ABOUT = About("ent", "FIRST", lambda ine: f"ine({ine})", lambda said: f"hide({said})")
EXAMPLES = [(c, e) for c in CONVERSIONS.values() for e in c.examples]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
KINDS: dict[Gives, tuple[type, ...]] = {
    Gives.TEXT: (str,),
    Gives.INTEGER: (int,),
    Gives.BOOLEAN: (bool,),
    Gives.DAYS: (int,),
    Gives.MILLIS: (int,),
    Gives.MICROS: (int,),
    Gives.SYMBOL: (str,),
    Gives.TEXTS: (list,),
    Gives.SYMBOLS: (list,),
    Gives.REFERENCE: (dict,),
}


def applied(conversion: Conversion, given_: object) -> object:
    values = given_ if isinstance(given_, tuple) else (given_,)
    return conversion.convert(values, ABOUT)


@pytest.mark.parametrize(
    ("conversion", "example"), EXAMPLES, ids=[f"{c.name}-{n}" for n, (c, _) in enumerate(EXAMPLES)]
)
def test_an_example_is_true(conversion: Conversion, example: Example) -> None:
    if example.error:
        with pytest.raises(Unfit) as refused:
            applied(conversion, example.given)
        assert refused.value.code == example.error
        assert refused.value.found
        assert refused.value.fix
    else:
        assert applied(conversion, example.given) == example.result


@pytest.mark.parametrize("conversion", CONVERSIONS.values(), ids=CONVERSIONS)
def test_a_conversion_documents_itself(conversion: Conversion) -> None:
    assert conversion.doc.endswith(".")
    assert conversion.examples


@pytest.mark.parametrize("conversion", CONVERSIONS.values(), ids=CONVERSIONS)
@given(
    values=st.lists(JSON, min_size=1, max_size=3).filter(lambda v: any(x is not None for x in v))
)
def test_any_value_is_converted_or_refused_in_words(
    conversion: Conversion, values: list[object]
) -> None:
    given_ = tuple(values) if conversion.several else (values[0],)
    if all(value is None for value in given_):
        return
    result, told = tried(conversion, given_)
    texts = [v.strip() for v in given_ if isinstance(v, str) and len(v.strip()) > 8]
    assert not any(text in told for text in texts)
    assert result is None or isinstance(result, KINDS[conversion.gives])
    if conversion.gives in (Gives.SYMBOL, Gives.SYMBOLS) and result is not None:
        assert set(result if isinstance(result, list) else [result]) <= set(conversion.symbols)


def tried(conversion: Conversion, values: tuple[object, ...]) -> tuple[object, str]:
    try:
        return conversion.convert(values, ABOUT), ""
    except Unfit as refused:
        return None, f"{refused.found} {refused.known} {refused.fix}"


@pytest.mark.parametrize(
    "said", ["11", "011", "Montpellier", "AC-MONTPELLIER", "Académie de Montpellier"]
)
def test_an_academie_is_known_by_code_and_by_name(said: str) -> None:
    assert applied(CONVERSIONS["academy"], said) == "11"


@pytest.mark.parametrize("said", ["AC-MONTPELLIER$700001", "MONTPELLIER-700001", "11-0700001"])
def test_a_jointure_equals_the_reference_of_the_state(said: str) -> None:
    state = applied(CONVERSIONS["aaf_ref"], ("11", "700001", "SECOND"))

    assert applied(CONVERSIONS["jointure"], (said, "SECOND")) == state


def test_no_reference_without_a_degree() -> None:
    both = ABOUT._replace(degree="")

    assert CONVERSIONS["aaf_ref"].convert(("11", "700001"), both) is None
