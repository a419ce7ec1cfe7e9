"""Pictures for documents: what a page shows, in at most 256 colours, so that a checkout stays small. What is in them is for the tests to say."""

from __future__ import annotations

import base64
import os
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(os.environ["PICTURES"]).resolve() if os.environ.get("PICTURES") else None
MOST_BYTES = 150_000
# Colours that agree in five bits a channel count as one, the most frequent of them stands for it, and the 256 most frequent remain.
REDUCE = """async (shot) => {
  const image = new Image();
  image.src = `data:image/png;base64,${shot}`;
  await image.decode();
  const { width, height } = image;
  const canvas = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(image, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map(), buckets = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  for (const [colour, count] of counts) {
    const near = colour & 0xf8f8f8, bucket = buckets.get(near) ?? { colour, most: 0, all: 0 };
    buckets.set(near, { colour: count > bucket.most ? colour : bucket.colour, most: Math.max(count, bucket.most), all: bucket.all + count });
  }
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const palette = [...buckets.values()].sort((a, b) => b.all - a.all).slice(0, 256).map(({ colour }) => parts(colour));
  const far = (a, b) => a.reduce((sum, part, n) => sum + (part - b[n]) ** 2, 0);
  const nearest = new Map([...counts.keys()].map((colour) => {
    const own = parts(colour);
    return [colour, palette.reduce((best, one, n) => (far(one, own) < far(palette[best], own) ? n : best), 0)];
  }));
  const indices = Uint8Array.from(pixels, (pixel) => nearest.get(pixel));
  let text = "";
  for (let at = 0; at < indices.length; at += 32768) text += String.fromCharCode(...indices.subarray(at, at + 32768));
  return [width, height, palette.flat(), btoa(text)];
}"""


def take(page: Page, name: str) -> None:
    """Take a picture as NAME.png into the folder that PICTURES says; without one it is only taken, and has to be small all the same."""
    shot = page.screenshot(animations="disabled")
    reducing = page.context.new_page()
    width, height, palette, indices = reducing.evaluate(REDUCE, base64.b64encode(shot).decode())
    reducing.close()
    content = png(width, height, bytes(palette), base64.b64decode(indices))
    assert len(content) <= MOST_BYTES, f"{name}.png would have {len(content)} bytes"
    if FOLDER is not None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(content)


def png(width: int, height: int, palette: bytes, indices: bytes) -> bytes:
    """A PNG of palette colours: three bytes a colour, a byte a pixel. Source: PNG (ISO/IEC 15948), 11.2."""
    lines = b"".join(b"\0" + indices[at : at + width] for at in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, content = part
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
