#!/usr/bin/env python3
"""Draws what a command prints on a terminal as an SVG: the pictures in docs/images are made this way, from the real program.

    docs/screenshot.py target/release/forewarn

It scans a copy of the sample wallet outside of any repository, as of a fixed day and with the built-in advisories only, so that the
picture depends on the program and the sample alone. Needs Python 3.8 and nothing else.
"""
import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample-wallets/electron-desktop/wallet"
PICTURE = ROOT / "docs/images/first-screen.svg"
SCAN = ["scan", ".", "--no-db", "--as-of", "2026-11-01"]
# Of a character in a line, for the fonts that are named below.
WIDTH, HEIGHT, PAD, BAR = 8.43, 19, 18, 34
COLOURS = {"31": "#ff7b8b", "32": "#7fd99a", "33": "#f0c75e", "34": "#82b7f2", "35": "#d7a6f5", "36": "#7fd6dd"}


def spans(line):
    """The parts of a line, each with its colour, whether it is bold and whether it is dim."""
    colour, bold, dim = None, False, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if not part.startswith("\x1b["):
            if part:
                yield part, colour, bold, dim
            continue
        for code in part[2:-1].split(";"):
            if code in ("", "0"):
                colour, bold, dim = None, False, False
            elif code == "1":
                bold = True
            elif code == "2":
                dim = True
            elif code in COLOURS:
                colour = COLOURS[code]


def drawn(line, y):
    """A line as text: every part begins at its own column, whatever the font."""
    parts, column = [], 0
    for text, colour, bold, dim in spans(line):
        shown = text.strip(" ")
        if shown:
            at = column + text.index(shown)
            style = f' fill="{colour or ("#8d99a8" if dim else "#e4e9f0")}"' + (' font-weight="700"' if bold else "")
            # Spaces that nothing collapses: the parts of a line keep their columns.
            words = html.escape(shown.replace(" ", "\u00a0"))
            parts.append(f'<text x="{PAD + at * WIDTH:.1f}" y="{y}"{style} textLength="{len(shown) * WIDTH:.1f}">{words}</text>')
        column += len(text)
    return "".join(parts)


def picture(command, lines):
    lines = [f"\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m", ""] + lines
    width = round(2 * PAD + 82 * WIDTH)
    height = BAR + 2 * PAD + HEIGHT * len(lines)
    body = "\n".join(drawn(line, BAR + PAD + HEIGHT * at + 14) for at, line in enumerate(lines) if line)
    plain = html.escape(re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines)))
    dots = "".join(f'<circle cx="{20 + 18 * at}" cy="17" r="5.5" fill="{fill}"/>' for at, fill in enumerate(["#ff5f57", "#febc2e", "#28c840"]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n'
        f"<title>Output of {html.escape(command)}</title>\n<desc>{plain}</desc>\n"
        f'<rect width="{width}" height="{height}" rx="10" fill="#161b22"/>\n{dots}\n'
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">'
        f"\n{body}\n</g>\n</svg>\n"
    )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        wallet = pathlib.Path(folder) / "wallet"
        shutil.copytree(SAMPLE, wallet)
        done = subprocess.run([program, *SCAN, "--color", "always"], cwd=wallet, capture_output=True, text=True)
    if done.returncode != 1:
        sys.exit(f"exit code {done.returncode} instead of 1: {done.stderr}")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture("forewarn scan .", done.stdout.rstrip("\n").split("\n")), encoding="utf-8")
    print(f"written {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
