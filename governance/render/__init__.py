"""From a pack's frozen content to its files: no database, no clock, same content, same bytes."""

from governance.content import PackContent


def render_all(content: PackContent) -> dict[str, bytes]:
    """The files of a pack by format: pdf, docx, xlsx and html (a whole document)."""
    # Here and not above: a web process that shows one page needs none of the other formats.
    from governance.render import page, pdf, word, workbook
    from governance.render.drawings import Drawings
    from governance.render.outline import settled

    content = settled(content)
    drawings = Drawings(content, both=True)  # each chart is drawn once for all formats
    return {
        "pdf": pdf.render(content, drawings),
        "docx": word.render(content, drawings),
        "xlsx": workbook.render(content),
        "html": page.standalone(content, drawings).encode(),
    }
