"""A RELAX NG grammar of the part of Atom that a feed may use, written from RFC 4287, strict."""

from __future__ import annotations

from lxml import etree

_RNC = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
 datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<define name="date"><data type="dateTime">
  <param name="pattern">.+T.+(Z|[+\\-]\\d\\d:\\d\\d)</param></data></define>
<define name="uuid"><data type="string">
  <param name="pattern">urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}</param>
</data></define>
<define name="head"><interleave>
  <element name="id"><ref name="uuid"/></element>
  <element name="title"><text/></element>
  <element name="updated"><ref name="date"/></element>
  <oneOrMore><element name="author"><element name="name">
    <data type="string"><param name="minLength">1</param></data>
  </element></element></oneOrMore>
</interleave></define>
<start><element name="feed">
  <attribute name="xml:lang" ns=""><data type="language"/></attribute>
  <interleave><ref name="head"/>
  <zeroOrMore><element name="entry"><interleave>
    <ref name="head"/>
    <optional><element name="published"><ref name="date"/></element></optional>
    <zeroOrMore><element name="category">
      <attribute name="term"/><attribute name="scheme"/><attribute name="label"/><empty/>
    </element></zeroOrMore>
    <element name="content"><attribute name="type"><value>text</value></attribute><text/></element>
  </interleave></element></zeroOrMore></interleave>
</element></start></grammar>"""
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
GRAMMAR = etree.RelaxNG(etree.fromstring(_RNC, _PARSER))
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def read(raw: bytes) -> etree._Element:
    """The feed; fails on whatever the grammar does not allow, and on an id that stands twice."""
    top = etree.fromstring(raw, _PARSER)
    GRAMMAR.assertValid(top)
    ids = top.xpath("//a:id/text()", namespaces=ATOM)
    assert isinstance(ids, list)
    assert len(ids) == len(set(ids))
    return top
