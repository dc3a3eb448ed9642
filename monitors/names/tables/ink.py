"""Draws characters with a free font (Noto CJK) for the tables that compare shapes; needs Pillow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont  # type: ignore[import-not-found, unused-ignore]

Array = NDArray[np.float32]
FONTS = "/usr/share/fonts/opentype/noto"
SIMPLIFIED = 2  # the face of the collection that draws mainland forms


def drawn(chars: Sequence[str], font: str, size: int = 32) -> Array:
    """Give one row a character: its blurred picture, as large as the em and not cropped."""
    face = ImageFont.truetype(f"{FONTS}/{font}", size, index=SIMPLIFIED)
    rows = np.zeros((len(chars), (size + 4) ** 2), np.float32)
    for row, char in zip(rows, chars, strict=True):
        picture = Image.new("L", (size + 4, size + 4), 0)
        ImageDraw.Draw(picture).text((2, 2 - size * 0.12), char, font=face, fill=255)
        row[:] = np.asarray(picture.filter(ImageFilter.GaussianBlur(1.0)), np.float32).ravel()
    return rows


def large(char: str, font: str = "NotoSansCJK-Regular.ttc") -> Array:
    """Give one sharp picture of 72 × 72."""
    face = ImageFont.truetype(f"{FONTS}/{font}", 64, index=SIMPLIFIED)
    picture = Image.new("L", (72, 72), 0)
    ImageDraw.Draw(picture).text((4, -8), char, font=face, fill=255)
    return np.asarray(picture, np.float32)


def cropped(picture: Array, size: int = 24) -> Array | None:
    """Give the inked part, stretched to a square and blurred, as a vector of length one; None if blank."""
    rows, columns = np.where(picture.max(1) > 60)[0], np.where(picture.max(0) > 60)[0]
    if not len(rows) or not len(columns):
        return None
    part = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    image = Image.fromarray(part.astype(np.uint8)).resize((size, size), Image.Resampling.BILINEAR)
    vector = np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), np.float32).ravel()
    vector = vector - vector.mean()
    return np.asarray(vector / max(1e-6, float(np.linalg.norm(vector))), np.float32)


def aligned(rows: Array) -> Array:
    """Give the pictures less the mean picture, each of length one: their products are similarities."""
    rows = rows - rows.mean(0)
    return np.asarray(rows / np.maximum(1e-6, np.linalg.norm(rows, axis=1, keepdims=True)), np.float32)


def blurred(rows: Array, radius: float) -> Array:
    """Give square pictures blurred further."""
    size = int(rows.shape[1] ** 0.5)
    blur = ImageFilter.GaussianBlur(radius)
    images = (Image.fromarray(row.reshape(size, size).astype(np.uint8)) for row in rows)
    return np.stack([np.asarray(image.filter(blur), np.float32).ravel() for image in images])


def stretched(chars: Sequence[str], font: str) -> Array:
    """Give one row a character, its inked part stretched to the same square."""
    blank = np.zeros(24 * 24, np.float32)
    pictures = (cropped(large(char, font)) for char in chars)
    return np.stack([blank if picture is None else picture for picture in pictures])
