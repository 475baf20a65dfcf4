"""Takes the pictures of README.md from a built site: ``python bench/screenshots.py [site] [folder]``.

The site is served on loopback and opened in the browser of the tests. What comes out has at most 256 colours, which
text and flat surfaces do not notice, and is a third of the size. Look at every picture before committing it.
"""

from __future__ import annotations

import argparse
import http.server
import itertools
import struct
import threading
import zlib
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
# name: (address, width, height, pixels of the picture for one of the page)
SHOTS = {
    "home-desktop": ("", 1280, 790, 1),
    "home-phone": ("", 360, 592, 2),
    "money-desktop": ("budget/2021/", 1280, 1110, 1),
    "money-phone": ("budget/2021/", 360, 920, 2),
}
COLOURS = 256


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A static server that says nothing."""

    def log_message(self, *args: object) -> None:
        """Requests are no news."""


def pixels(png: bytes) -> np.ndarray:
    """The pixels of an 8-bit PNG without interlace, which is what Chromium writes, as rows of RGB."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    if depth != 8 or kind not in (2, 6):
        raise ValueError(f"unexpected PNG: depth {depth}, colour type {kind}")
    at, packed = 8, b""
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += size + 12
    step = 3 if kind == 2 else 4
    raw, stride = zlib.decompress(packed), width * step
    above, rows = bytearray(stride), []
    for start in range(0, height * (stride + 1), stride + 1):
        above = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, step)
        rows.append(above)
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(height, width, step)[:, :, :3]


def unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    """A row of a PNG as it was before its filter (PNG specification, 9.2)."""
    for i in range(len(row)) if kind else ():
        left = row[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        up = above[i]
        if kind == 4:
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
        else:
            near = {1: left, 2: up, 3: (left + up) // 2}[kind]
        row[i] = (row[i] + near) & 255
    return row


def small(png: bytes) -> bytes:
    """The picture with its most frequent colours only, each other pixel given the nearest of them."""
    image = pixels(png)
    height, width, _ = image.shape
    packed = image.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    found, inverse, counts = np.unique(packed, return_inverse=True, return_counts=True)
    kept = found[np.sort(np.argsort(-counts, kind="stable")[:COLOURS])]
    every, palette = (
        np.stack([(c >> 16) & 255, (c >> 8) & 255, c & 255], axis=1).astype(np.int32) for c in (found, kept)
    )
    nearest = np.array([((palette - colour) ** 2).sum(axis=1).argmin() for colour in every], dtype=np.uint8)
    rows = nearest[inverse.reshape(height, width)]
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [
        (b"IHDR", head),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(raw, 9)),
        (b"IEND", b""),
    ]
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def take(browser: Browser, base: str, name: str, folder: Path) -> int:
    """One picture; gives its size."""
    address, width, height, scale = SHOTS[name]
    page = browser.new_page(
        viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme="light", locale="zh-CN"
    )
    page.goto(base + address, wait_until="networkidle")
    file = folder / f"{name}.png"
    file.write_bytes(small(page.screenshot()))
    page.close()
    return file.stat().st_size


def main() -> None:
    """Takes all pictures and prints their sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, nargs="?", default=ROOT / "site")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "images")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(options.site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}/"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        sizes = {name: take(browser, base, name, options.folder) for name in SHOTS}
        browser.close()
    server.shutdown()
    for name, size in itertools.chain(sizes.items(), [("all", sum(sizes.values()))]):
        print(f"{name:14} {size / 1024:6.1f} KB")


if __name__ == "__main__":
    main()
