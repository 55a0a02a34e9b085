"""What every document of ours has in common: text that can be shown, bytes without a clock."""

import io
import re
import unicodedata
import zipfile

# Control characters but tab and line feed, lone surrogates, directional marks and what is as
# invisible, and the code points that are no characters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
# ZIP cannot say a date before 1980, and the bytes must not depend on the clock.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def clean(text: str) -> str:
    """The text as all four formats can show it.

    Drops control characters (but tab and line feed), lone surrogates, non-characters and invisible
    directional marks, which Word refuses or which let a sentence pass for another.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


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
