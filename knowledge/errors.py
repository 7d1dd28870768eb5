"""What can go wrong with words.

KnowledgeError
├── DocumentError           a file cannot be taken in; nothing of it was stored, the others are untouched
│   ├── UnknownFormat       no reader for files of this kind
│   ├── Unreadable          empty, damaged, locked with a password or too large; `why` says which
│   └── NeedsExtra          readable, but only with an optional package that is not installed
├── UnknownDocument         no document of this name in the library; carries the nearest names
└── EmbeddingRefused        an embedding model is missing, failed its self-test, or something tried to download one
"""

from __future__ import annotations

from pathlib import Path


class KnowledgeError(Exception):
    """Base of everything this floor raises. Fields carry facts; sentences are made by whoever shows them."""

    code: str = "knowledge_error"


class DocumentError(KnowledgeError):
    """A file that cannot be taken in. `remedy` says what a person can do about it."""

    code = "document_error"

    def __init__(self, path: Path, why: str, remedy: str = "") -> None:
        super().__init__(f"{path.name}: {why}")
        self.path = path
        self.why = why
        self.remedy = remedy


class UnknownFormat(DocumentError):
    """No reader for files of this kind."""

    code = "unknown_format"


class Unreadable(DocumentError):
    """Empty, damaged, locked or too large."""

    code = "unreadable"


class NeedsExtra(DocumentError):
    """Readable only with an optional package."""

    code = "needs_extra"


class UnknownDocument(KnowledgeError):
    """No such document."""

    code = "unknown_document"

    def __init__(self, name: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(f"{name}: not in the library; near: {', '.join(near) or 'none'}")
        self.name = name
        self.near = near


class EmbeddingRefused(KnowledgeError):
    """Dense search cannot be used; the rest of the library can."""

    code = "embedding_refused"
