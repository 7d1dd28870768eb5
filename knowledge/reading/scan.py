"""Scanned pages through OCR, an optional extra (`pip install 'citydesk[scans]'`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from knowledge.errors import NeedsExtra, Unreadable

SCALE = 200 / 72
SAME_LINE = 0.6
SURE_ENOUGH = 0.85


def read(path: Path) -> list[list[str]]:
    """The lines of every page, top to bottom.

    Raises:
        NeedsExtra: The OCR package is not installed.
        Unreadable: What was recognised is not sure enough to be quoted.
    """
    engine = _engine(path)
    document = pdfium.PdfDocument(path)
    try:
        pages = [_page(engine, page.render(scale=SCALE).to_numpy()) for page in document]
    finally:
        document.close()
    sure = [score for _, scores in pages for score in scores]
    if sure and sum(sure) / len(sure) < SURE_ENOUGH:
        raise Unreadable(path, f"scan read with {sum(sure) / len(sure):.0%} certainty only", "scan it again at 300 dpi")
    return [lines for lines, _ in pages]


def _engine(path: Path) -> Any:
    """The OCR engine with the models that came with its package; a missing one is never fetched."""
    try:
        import rapidocr

        models = Path(rapidocr.__file__).parent / "models"
        detect, recognise = (next(models.glob(f"*_{task}_*.onnx")) for task in ("det", "rec"))
    except (ImportError, StopIteration, RuntimeError) as missing:
        raise NeedsExtra(path, "a scan: pages are pictures without text", "pip install 'citydesk[scans]'") from missing
    named = {"Det.model_path": str(detect), "Rec.model_path": str(recognise)}
    return rapidocr.RapidOCR(params={**named, "Global.use_cls": False, "Global.log_level": "error"})


def _page(engine: Any, picture: Any) -> tuple[list[str], list[float]]:
    """Lines of a page, top to bottom, and how sure each piece is, 0 to 1."""
    # The default, use_cls=True, silently dropped up to a quarter of a clean page.
    result = engine(picture, use_cls=False)
    if result.boxes is None:
        return [], []
    pieces = sorted(zip(result.boxes, result.txts, strict=True), key=lambda piece: float(piece[0][0][1]))
    lines: list[list[tuple[float, float, str]]] = []
    for box, text in pieces:
        top, left, height = float(box[0][1]), float(box[0][0]), float(box[3][1] - box[0][1])
        if lines and abs(lines[-1][0][0] - top) < SAME_LINE * height:
            lines[-1].append((top, left, text))
        else:
            lines.append([(top, left, text)])
    shown = ["".join(text for _, _, text in sorted(line, key=lambda piece: piece[1])) for line in lines]
    return shown, [float(score) for score in result.scores]
