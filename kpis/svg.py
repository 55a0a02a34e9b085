"""A drawing in SVG made fit for a page: read aloud, and shown under a strict CSP. Pure."""

import unicodedata

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
FAMILY = "'Noto Sans', 'DejaVu Sans', Arial, sans-serif"


def drawable(character: str) -> bool:
    """Whether a font may be asked for the character, and XML holds it."""
    return character in "\t\n" or unicodedata.category(character) not in {"Cc", "Cs", "Cn"}


def accessible(drawn: bytes, *, key: str, title: str, description: str) -> bytes:
    """The drawing with a title, a description, ids that begin with `key`, and no styles."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(drawn, parser)
    prefix = f"{''.join(c if c.isascii() and c.isalnum() else '-' for c in key)}-"
    # The metadata hold the time of the drawing.
    for element in list(root.iter(f"{{{SVG}}}style", f"{{{SVG}}}metadata")):
        element.getparent().remove(element)
    for element in root.iter(etree.Element):
        _present(element)
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, prefix + value)
            elif value.startswith("url(#"):
                element.set(name, f"url(#{prefix}{value[5:]}")
            elif name == XLINK:
                element.set(name, f"#{prefix}{value[1:]}")
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xlink"])
    for name, value in {
        "id": f"{prefix}chart",
        "role": "img",
        "aria-labelledby": f"{prefix}title {prefix}desc",
        "class": "chart",
        "stroke-linejoin": "round",
    }.items():
        root.set(name, value)
    for position, (tag, text) in enumerate([("title", title), ("desc", description)]):
        child = etree.Element(f"{{{SVG}}}{tag}", id=f"{prefix}{tag}")
        child.text = "".join(c for c in text if drawable(c))
        root.insert(position, child)
    return etree.tostring(root, encoding="utf-8", xml_declaration=False)


def _present(element: etree._Element) -> None:
    """Turns a style attribute into presentation attributes of the same meaning."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            size, _, _ = value.partition("'")
            words = size.split()
            element.set("font-size", words[-1])
            if len(words) > 1:
                element.set("font-weight", words[0])
            element.set("font-family", FAMILY)
        elif name:
            element.set(name, FAMILY if name == "font-family" else value)
