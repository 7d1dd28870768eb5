"""Blocks → title, front matter, articles; with the gates that keep a bad split out of the library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.articles import article_label, squashed
from knowledge.numerals import NUMERAL, read_numeral
from knowledge.reading.blocks import Block

ARTICLE = re.compile(rf"第\s*({NUMERAL})\s*条(?:之({NUMERAL}))?(?P<gap>[\s　:：]*)")
DIVISION = re.compile(rf"第\s*{NUMERAL}\s*(?P<kind>分编|编|章|节)(?:[\s　]+|(?=[^\s的规和]))(?P<name>.{{0,40}})$")
DEPTH = {"编": 0, "分编": 1, "章": 2, "节": 3}
# What follows a reference to another article, where a line happens to begin with one.
REFERS = re.compile(r"[、，和或及至的]|规定|所列|第|以及|之规定")
FEWEST_ARTICLES = 3
LONGEST_SECTION = 1200


@dataclass(frozen=True, slots=True)
class Piece:
    """An article before it has a document: number and suffix are 0 for a section or a row."""

    number: int
    suffix: int
    label: str
    path: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Structure:
    """A document taken apart.

    Attributes:
        title: The highest heading, or the first line.
        front: Lines between the title and the first article: who adopted it and when.
        problems: What a person must look at before the document may be used; empty when all gates passed.
    """

    title: str
    front: tuple[str, ...] = ()
    pieces: list[Piece] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def structured(blocks: Sequence[Block]) -> Structure:
    """Take a document apart and check that nothing was lost on the way."""
    texts = [b for b in blocks if b.kind != "row"]
    starts = sum(1 for b in texts if _starts_article(b.text, expected=None))
    found = _law(texts) if starts >= FEWEST_ARTICLES else _sections(texts)
    found.pieces += _rows([b for b in blocks if b.kind == "row"])
    if not found.pieces:
        found.problems.append("no article, section or row found")
    return found


def _starts_article(line: str, expected: tuple[int, int] | None) -> tuple[int, int, int] | None:
    """Number, suffix and where the text begins, if the line opens an article.

    A reference that begins a line (第三十五条规定的…) opens none: what decides is the white space after the number, or,
    where a format lost it, that the number is the one due next.
    """
    match = ARTICLE.match(line)
    if match is None:
        return None
    number, suffix = read_numeral(match[1]), read_numeral(match[2]) if match[2] else 0
    if match["gap"] or not line[match.end() :]:
        return number, suffix, match.end()
    is_due = expected is None or expected in {(number, suffix), (number, suffix - 1)}
    if not is_due or REFERS.match(line, match.end()):
        return None
    return number, suffix, match.end()


def _law(blocks: Sequence[Block]) -> Structure:
    split = _Splitter()
    for block in blocks:
        split.take(block)
    return split.finish(squashed("".join(b.text for b in blocks)))


class _Splitter:
    """Walks the lines of a law once; everything it is given ends up in exactly one place."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.front: list[str] = []
        self.pieces: list[Piece] = []
        self.problems: list[str] = []
        self.kept = ""
        self._path: dict[int, str] = {}
        self._open: tuple[int, int, list[str]] | None = None
        self._last = (0, 0)

    def take(self, block: Block) -> None:
        line = block.text.strip()
        due = (self._last[0] + 1, 0)
        if start := _starts_article(line, expected=due):
            self._begin(*start[:2], line[: start[2]], line[start[2] :])
        elif self._divides(block):
            self._close()
            self.kept += line
        elif self._open is not None:
            self._open[2].append(line)
        elif block.kind == "heading" and block.level <= 1 and not self.front:
            self.title.append(line)
        else:
            self.front.append(line)

    def _divides(self, block: Block) -> bool:
        match = DIVISION.match(block.text.strip())
        if match is None:
            # A heading without a number (法律责任) still ends the article before it.
            if block.kind == "heading" and block.level > 1 and self._open is not None:
                self._path = {2: block.text.strip()}
                return True
            return False
        if self._open is not None and block.kind == "text" and match["name"].endswith(("。", "；")):
            return False
        depth = DEPTH[match["kind"]]
        self._path = {d: name for d, name in self._path.items() if d < depth} | {
            depth: re.sub(r"[\s　]+", " ", block.text.strip())
        }
        return True

    def _begin(self, number: int, suffix: int, head: str, rest: str) -> None:
        self._close()
        self._check(number, suffix)
        self._last = (number, suffix)
        self.kept += head
        self._open = (number, suffix, [rest] if rest else [])

    def _check(self, number: int, suffix: int) -> None:
        before, sub = self._last
        if not self.pieces and not before:
            self._opens_at = number
            if number != 1:
                self.problems.append(f"begins with {article_label(number)}")
        elif (number, suffix) not in {(before + 1, 0), (before, sub + 1)}:
            what = "comes twice" if (number, suffix) == self._last else "follows"
            self.problems.append(f"{article_label(number, suffix)} {what} {article_label(before, sub)}".strip())

    def _close(self) -> None:
        if self._open is None:
            return
        number, suffix, lines = self._open
        self._open = None
        path = tuple(self._path[d] for d in sorted(self._path))
        self.pieces.append(Piece(number, suffix, article_label(number, suffix), path, "\n".join(lines)))
        self.kept += "".join(lines)
        if not lines:
            self.problems.append(f"{article_label(number, suffix)} is empty")

    def finish(self, everything: str) -> Structure:
        self._close()
        if not self.title and self.front:
            self.title.append(self.front.pop(0))
        kept = squashed("".join(self.title) + "".join(self.front) + self.kept)
        if sorted(kept) != sorted(everything):
            self.problems.append(f"{abs(len(everything) - len(kept))} characters were lost in the split")
        return Structure(" ".join(self.title), tuple(self.front), self.pieces, self.problems)


def _sections(blocks: Sequence[Block]) -> Structure:
    """A procedure: the text under each heading, addressed by the headings above it."""
    title, path, front = "", dict[int, str](), list[str]()
    gathered: dict[tuple[str, ...], list[str]] = {}
    for block in blocks:
        if block.kind == "heading":
            if not title and block.level <= 1:
                title = block.text
                continue
            path = {level: text for level, text in path.items() if level < block.level} | {block.level: block.text}
        elif path:
            gathered.setdefault(tuple(path[level] for level in sorted(path)), []).append(block.text)
        else:
            front.append(block.text)
    if not gathered and front:
        title = title or front.pop(0)
        gathered = {("正文",): front} if front else {}
        front = []
    pieces = [piece for at, lines in gathered.items() for piece in _parts(at, lines)]
    return Structure(title or (front[0] if front else ""), tuple(front), pieces)


def _parts(path: tuple[str, ...], lines: list[str]) -> list[Piece]:
    """A section, cut between paragraphs where it is longer than an article ever is."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if parts[-1] and sum(map(len, parts[-1])) + len(line) > LONGEST_SECTION:
            parts.append([])
        parts[-1].append(line)
    label = " › ".join(path)
    return [
        Piece(0, 0, label if len(parts) == 1 else f"{label} ({n})", path, "\n".join(part))
        for n, part in enumerate(parts, 1)
    ]


def _rows(blocks: Sequence[Block]) -> list[Piece]:
    """Table rows, each a piece of its own; addressed by table and its first telling cells."""
    pieces: list[Piece] = []
    seen: dict[str, int] = {}
    for block in blocks:
        key = " ".join(cell for _, cell in block.cells[:2])
        label = " › ".join(part for part in (block.table, key) if part)
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            label += f" ({seen[label]})"
        pieces.append(Piece(0, 0, label, (block.table,) if block.table else (), block.text))
    return pieces
