"""A page as its reader has it: the words that are shown, and the sentences at its fields."""

from collections.abc import Iterator
from typing import Any

from lxml import html

# Markup, a formula, template tags, an emoji and Hebrew, short enough for every field.
AWKWARD = "<script>x()</script><b>=1+1 {{7*7}} &amp; 😀 שלום"
INLINE = {"a", "b", "code", "em", "i", "small", "span", "strong", "summary"}


class Page:
    """`response` read once. Words that are hidden from everybody do not count as shown."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.source = response.content.decode()
        self.tree = html.fromstring(response.content.decode())
        self.main = self.tree.find(".//main")
        self.text = words(self.main)
        self.title = words(self.tree.find(".//title"))

    def shows(self, awkward: str) -> bool:
        """Whether the text is there as it was written, and none of it became markup."""
        whole = "<script>x" not in self.source and "<b>=1" not in self.source
        return self.status == 200 and whole and awkward in self.text

    @property
    def errors(self) -> dict[str, list[str]]:
        """The sentences at each field, by the label of the field."""
        found = {}
        for question in self.main.find_class("ds_question--error"):
            label = question.find(".//legend")
            label = question.find(".//label") if label is None else label
            found[words(label)] = [
                words(error).removeprefix("Error: ")
                for error in question.find_class("ds_question__error-message")
            ]
        return found

    @property
    def summary(self) -> list[str]:
        """The errors as the summary at the top of the page lists them."""
        return [
            words(item)
            for box in self.main.find_class("ds_error-summary__list")
            for item in box.findall("li")
        ]

    @property
    def counts(self) -> dict[str, int]:
        """The numbers at the top of a page, by what they count."""
        return {
            words(pair.find("dt")): int(words(pair.find("dd")))
            for box in self.main.find_class("tl_counts")
            for pair in box.findall("div")
        }

    @property
    def links(self) -> set[str]:
        return {str(link.get("href")) for link in self.main.iter("a")}

    def rows(self, place: int = 0) -> list[list[str]]:
        """The body of the page's first table, or of another one."""
        table = self.main.findall(".//table")[place]
        return [[words(cell) for cell in row] for row in table.findall(".//tbody/tr")]

    @property
    def form(self) -> dict[str, str]:
        """What a browser would send if the page's form were sent as it stands."""
        names = self.main.xpath(".//form[@method='post']//*[@name][not(self::button)]/@name")
        return {name: self.typed(name) for name in names}

    def typed(self, name: str) -> str:
        """What stands in a field."""
        field = self.main.xpath(f".//*[@name='{name}']")[0]
        if field.tag == "textarea":
            return str(field.text_content()).strip()
        if field.tag == "select":
            return str(field.value)
        if field.get("type") == "radio":
            chosen = self.main.xpath(f".//*[@name='{name}'][@checked]")
            return str(chosen[0].get("value")) if chosen else ""
        return str(field.get("value") or "")


def statements(asked: Any) -> int:
    """How many questions were asked of the database; what begins and ends a transaction is none."""
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(control) for query in asked.captured_queries)


def changes(asked: Any) -> int:
    """The same, without what PostgreSQL is told of who acts."""
    named = sum("set_config(" in query["sql"] for query in asked.captured_queries)
    return statements(asked) - named


def words(element: Any) -> str:
    """The words as they are read: what stands in a block of its own stands apart."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in {"script", "style"}:
        return
    apart = "" if element.tag in INLINE else " "
    yield apart
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield apart
