"""Pictures as people send them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    """A picture whose left half is red."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    kept = BytesIO()
    image.save(kept, kind, **options)
    return kept.getvalue()
