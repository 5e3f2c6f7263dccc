"""What a copy is when there are no bytes to copy: a small page that leads to the document.

An ENT that takes files takes this one too, so its group still shows the document, by the best
lesser thing. The page names the document and its address: nothing that the share does not carry.
"""

from __future__ import annotations

from html import escape

from preau.outlets.outcome import Media

NO_BYTES = frozenset({"NOT_SUPPORTED", "MEDIA_TOO_LARGE"})
"""Why a source gave none, although the document is there for whoever follows its address."""
BY_LINK = "by_link"
"""Kept for a share whose copy is such a page: `yes`, or nothing once it has the bytes."""
_PAGE = """<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<h1>{title}</h1>
<p>Ce document reste dans l'ENT où il a été partagé.</p>
<p><a href="{link}" rel="noopener noreferrer">Ouvrir le document dans son ENT</a></p>
<p>Cet ENT peut demander un compte.</p>
</html>
"""


def link_page(title: str, link: str) -> Media:
    """An HTML page (UTF-8, in French) that leads to `link`, the document's address in its ENT."""
    page = _PAGE.format(title=escape(title), link=escape(link))
    return Media(page.encode(), "text/html", "document.html")
