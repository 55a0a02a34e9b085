"""Run as a process of its own: a folder with pack.typ and its files becomes pack.pdf in it.

Arguments: the folder, the document's time in Unix seconds, the folders of fonts. Typst keeps what
it has laid out in memory and cannot be interrupted; a process can be, and gives everything back.
"""

import sys

import typst


def main() -> None:
    """Exits with Typst's message when the document breaks a rule of PDF/UA."""
    folder, when, *fonts = sys.argv[1:]
    try:
        typst.compile(
            f"{folder}/pack.typ",
            output=f"{folder}/pack.pdf",
            root=folder,
            font_paths=fonts,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(when),
        )
    except typst.TypstError as error:
        sys.exit(error.message)


if __name__ == "__main__":
    main()
