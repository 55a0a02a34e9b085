"""What every document of ours has in common: text that can be shown, bytes without a clock."""

import io
import unicodedata
import zipfile

INVISIBLE = {
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0x061C,
    0x200B,
    0x200E,
    0x200F,
    0x2060,
    0xFEFF,
}
# ZIP cannot say a date before 1980, and the bytes must not depend on the clock.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def clean(text: str) -> str:
    """The text as all four formats can show it.

    Drops control characters (but tab and line feed), lone surrogates, non-characters and invisible
    directional marks, which Word refuses or which let a sentence pass for another.
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\t\n" or _showable(c))


def _showable(character: str) -> bool:
    point = ord(character)
    if point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF or point in INVISIBLE:
        return False
    return unicodedata.category(character) not in {"Cc", "Cs"}


def timeless(document: io.BytesIO) -> bytes:
    """The same archive with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(document) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, ZIP_TIME)
            # Pictures are compressed already.
            packed = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name), packed, 6)
    return out.getvalue()
