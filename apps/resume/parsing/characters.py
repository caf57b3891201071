"""What the characters of a PDF say: fonts that draw pictures, old encodings, look-alikes."""

import re
import unicodedata
from functools import lru_cache

BOLD_FONT = re.compile(
    r"bold|black|heavy|semib|demi|^cmbx|^sfbx|^ecbx|-medi|medium|700|800|600"
    r"|nanum\w*?(?:e?b)$|-(?:e|s|x)?b$",
    re.IGNORECASE,
)
# Fonts whose glyphs are pictures: what the codes spell is meaningless.
ICON_FONT = re.compile(
    r"awesome|icon|material|glyph|marvosym|simple-?line|entypo|typicon|fontello|octicon|devicon",
    re.IGNORECASE,
)
RECOGNISED = "GlyphLessFont"  # Tesseract's, for what it reads: all its words are plain ones
MISREAD_BULLETS = frozenset("¢ © ® ° « » e * ＊ e¢ ¢e ©¢ @".split())  # what it takes a dot for
SYMBOL_FONT = re.compile(r"wingding|symbol|dingbat|webding|cmsy|msam|msbm", re.IGNORECASE)
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064"
    "\ufeff\ufffc\ufffd\ufe0e\ufe0f]"
)
# All other blanks than those that have a meaning of their own below.
BREAK = re.compile("[\n\u1680\u2000-\u200a\u202f\u205f]")
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
UNMAPPED = re.compile("^\\s*[\u0080-\u009f\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]\\s*$")
# Pictographs people put before a label; the label says the same in words.
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u26ff\u2702-\u2712\u2728\u2709\u260e\u2706\u231a-\u23ff\u20e3]"
)
BULLETS = "•●▪■□◦○‣▸▹►▶▷➢➤➔✓✔☑·∙⦁∘◆◇◈✦✧❖※⁃▫➣☞⚬ㆍ・⋅\uf0b7\uf0a7"
BULLET = re.compile(rf"^\s*(?:[{BULLETS}]+|[-–—*+](?=\s)|[oㅇ](?=\s{{2,}}|\s[A-Z가-힣]))\s*")
HANGUL = re.compile(r"[가-힣]")


@lru_cache(maxsize=256)
def is_bold(font: str) -> bool:
    return bool(BOLD_FONT.search(font))


@lru_cache(maxsize=256)
def font_kind(font: str) -> str:
    """ "icon", "symbol" or "text"."""
    if ICON_FONT.search(font) and font != RECOGNISED:
        return "icon"
    return "symbol" if SYMBOL_FONT.search(font) else "text"


def clean(text: str, font: str) -> str:
    if BREAK.search(text):
        text = BREAK.sub(" ", text)
    kind = font_kind(font)
    if text.isascii():
        if kind == "text":
            return text if text.isprintable() else INVISIBLE.sub("", text.replace("\t", "   "))
        if kind == "symbol":
            lone = text.strip()
            return "• " if len(lone) == 1 and lone not in "|<>{}/" else text
    if kind == "icon" and len(text.strip()) <= 3:
        return "• " if text.strip() in BULLETS else " "
    if kind == "symbol" and len(text.strip()) == 1 and not text.strip().isalnum():
        return "• "
    if not CLEANED.search(text) and unicodedata.is_normalized("NFC", text):
        return text  # as most is
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\u00a0", " ").replace("\u3000", "  ").replace("\t", "   ")
    text = text.replace("\uf0b7", "•").replace("\uf0a7", "▪")
    if SPACING_ACCENT.search(text):
        text = SPACING_ACCENT.sub(_accented, text)
    text = BAR.sub("|", text.translate(LIGATURES))
    return EMOJI.sub(" ", PRIVATE.sub(" ", INVISIBLE.sub("", text)))


# Old TeX fonts print an accent and a letter; a reader sees one letter.
SPACING_ACCENT = re.compile("([¨´`ˆ˜¸˚ˇ¯˘])\\s?([A-Za-zı])")
COMBINING = dict(
    zip("¨´`ˆ˜¸˚ˇ¯˘", "\u0308\u0301\u0300\u0302\u0303\u0327\u030a\u030c\u0304\u0306", strict=True)
)


def _accented(found: re.Match[str]) -> str:
    letter = "i" if found.group(2) == "ı" else found.group(2)
    return unicodedata.normalize("NFC", letter + COMBINING[found.group(1)])


# Old TeX fonts without a table of their letters: the dashes, quotes and ligatures that their
# encodings put where control codes are.
OLD_CODES = re.compile("[\x0b-\x0f\x10-\x13\x15\x16\x1b-\x1f]")
OLD_TEX = str.maketrans(
    dict(
        zip(
            "\x10\x11\x13\x15\x16\x1b\x1c\x1d\x1e\x1f",
            ("“", "”", "«", "–", "—", "ff", "fi", "fl", "ffi", "ffl"),
            strict=True,
        )
    )
)
OLD_LIGATURES = dict(zip("\x0b\x0c\x0d\x0e\x0f", ("ff", "fi", "fl", "ffi", "ffl"), strict=True))
OLD_LIGATURE = re.compile("[\x0b-\x0f](?=[a-z])|(?<=[a-z])[\x0b-\x0f]")


def old_tex(text: str) -> str:
    text = OLD_LIGATURE.sub(lambda found: OLD_LIGATURES[found.group()], text)
    return text.translate(OLD_TEX)


# The Hangul vowel I, alone, is how many type a bar on a Korean keyboard.
BAR = re.compile("(?<![ㄱ-ㆎ가-힣])ㅣ(?![ㄱ-ㆎ가-힣])")
LIGATURES = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "：": ":",
        "（": "(",
        "）": ")",
        "\u2010": "-",
        "\u2011": "-",
    }
)


# Everything that clean takes for something else.
CLEANED = re.compile(
    "|".join(one.pattern for one in (INVISIBLE, PRIVATE, EMOJI, SPACING_ACCENT, BAR))
    + "|[\u00a0\u3000\t" + "".join(map(chr, LIGATURES)) + "]"
)  # fmt: skip
