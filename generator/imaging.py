"""Photographs for the site: looked at, made small, freed of everything that a camera or a program wrote into them.

A phone's photograph says where it was taken, when, with which device, and sometimes who took it. What is published is
the picture alone, drawn anew. Numbers that name a person in what is written there stop the check: somebody put them in.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
READABLE = re.compile(rb"[0-9Xx \-]{11,200}")
LONGEST = 1280  # pixels of the longer side: a phone's screen twice over
QUALITY = 80
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000  # more than any camera in an office; a small file can claim to be larger, and fill the memory
PALE = 8  # an alpha of more than this apart from full counts as transparent


class Refused(Exception):
    """A picture that cannot be published, with the reason and what to do, in Chinese."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is published: its bytes, ``.jpg`` or ``.png``, and its size in pixels."""

    content: bytes
    suffix: str
    width: int
    height: int


def open_(content: bytes) -> Image.Image:
    """A picture from its bytes; raises ``Refused`` for what is none, is damaged, or is too large."""
    if len(content) > MOST_BYTES:
        raise Refused(f"图片有 {len(content) // 1024 // 1024} MB,最多 20 MB", "在相册里另存一份小一些的。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            found = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Refused("图片的像素太多,太大", "在看图软件里缩小后另存。") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused("不是 JPEG、PNG 或 WebP 图片,或已损坏", "在看图软件里另存为 JPEG。") from None
    if found.width * found.height > MOST_PIXELS:
        raise Refused(f"图片有 {found.width}×{found.height} 像素,太大", "在看图软件里缩小后另存。")
    return found


def texts(picture: Image.Image, content: bytes) -> Iterator[str]:
    """Everything written in a picture's metadata, as text: EXIF with its parts, XMP, IPTC, comments, PNG's texts; and
    what can be read in its bytes besides."""
    yield from _readable(content)
    for ifd in (None, *ExifTags.IFD):  # first: it reads a PNG to its end, where there may be more of the rest
        for value in _exif(picture, ifd).values():
            yield from _texts(value)
    for key, value in picture.info.items():
        yield from _texts(key)
        yield from _texts(value)


def _exif(picture: Image.Image, ifd: ExifTags.IFD | None = None) -> dict[int, Any]:
    """A part of a picture's EXIF; nothing of one that cannot be read."""
    try:
        exif = picture.getexif()
        return dict(exif if ifd is None else exif.get_ifd(ifd))
    except (OSError, ValueError, SyntaxError, KeyError, struct.error):
        return {}


def _readable(content: bytes) -> Iterator[str]:
    """Digits in comments of any sort, in unknown blocks, behind the picture's end; in one byte each, or in two.
    By chance, eleven such characters in a row are not met in compressed bytes."""
    for bytes_ in (content, content.replace(b"\0", b"")):
        yield from (found.decode() for found in dict.fromkeys(READABLE.findall(bytes_)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        # The encodings that cameras, Windows (UTF-16) and old Chinese programs (GBK) write.
        yield from (value.decode(name, errors="ignore") for name in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)


def located(picture: Image.Image) -> bool:
    """Whether a picture says where it was taken."""
    return bool(_exif(picture, ExifTags.IFD.GPSInfo))


def published(picture: Image.Image) -> Picture:
    """The picture as it is published: upright, no larger than needed, nothing but pixels. Raises ``Refused``."""
    try:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        return _written(upright, png=picture.format == "PNG")
    except (OSError, ValueError, SyntaxError, MemoryError):
        raise Refused("图片读到一半就断了,可能没有传完", "重新传一次,或在看图软件里另存为 JPEG。") from None


def _written(picture: Image.Image, *, png: bool) -> Picture:
    """PNG for drawings with transparency or few colours, JPEG for photographs; no older browser shows WebP."""
    out = io.BytesIO()
    clear = "A" in picture.getbands() and _least(picture.getchannel("A")) < 255 - PALE
    flat = png and picture.convert("RGB").getcolors(1 << 12) is not None
    if clear or flat:
        plain = Image.new("RGBA" if clear else "RGB", picture.size)
        plain.paste(picture.convert(plain.mode))
        plain.save(out, "PNG", optimize=True)
        return Picture(out.getvalue(), ".png", *picture.size)
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture.convert("RGB"))
    plain.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(out.getvalue(), ".jpg", *picture.size)


def _least(channel: Image.Image) -> int:
    """The smallest value of a channel."""
    return next(value for value, count in enumerate(channel.histogram()) if count)
