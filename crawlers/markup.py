"""Looking into HTML: what a place in the page says, and what a person would see of it."""

from __future__ import annotations

from typing import Any

from parsel import Selector

from crawlers.visits import Page


def is_html(page: Page) -> bool:
    """Tell whether the body is markup, whatever its header claims."""
    return page.body[:200].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def document(page_text: str) -> Selector:
    """Parse a page; also what is cut off, nested without end or no HTML at all gives a document."""
    return Selector(text=page_text, type="html")


def words(place: Selector, css: str) -> str:
    """Give the text of the first element that `css` finds, on one line; empty when there is none."""
    return " ".join("".join(place.css(css)[:1].xpath(".//text()").getall()).split())


def visible(place: Selector, without: str = "script, style") -> list[str]:
    """Give the non-empty texts in their order, but for those inside the elements that `without` finds."""
    left_out: set[Any] = {found.root for found in place.css(without)}
    for element in place.root.iter():
        if element.getparent() in left_out:
            left_out.add(element)
    texts = []
    for said in place.root.xpath("//text()"):
        parent = said.getparent()
        within = parent.getparent() if said.is_tail else parent
        if within not in left_out and said.strip():
            texts.append(str(said).strip())
    return texts
