"""Dense search, optional: vectors in Chroma, a sentence-transformers model from a local path; nothing is ever downloaded.

Chroma's own search API, rank fusion and sparse index do not run locally, so it keeps vectors and nothing else: every
call passes its embeddings, and the registered embedding function refuses to be called. Only the library's writer writes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from knowledge.errors import EmbeddingRefused
from knowledge.vocabulary import read_lexicon

if TYPE_CHECKING:
    from knowledge.articles import Article

LARGEST_WEIGHT = 0.5
BATCH = 256
LARGEST_BATCH = 5000


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Share of the bundled lines in which the model puts the answer first, and what dense search may weigh for it."""

    accuracy: Mapping[str, float]
    enough: float

    def weight(self, language: str) -> float:
        """0 where the model failed the language; else up to `LARGEST_WEIGHT`."""
        accuracy = self.accuracy.get(language, 0.0)
        return LARGEST_WEIGHT * accuracy if accuracy >= self.enough else 0.0


class Encoder:
    """An embedding model from a local folder, or from the local cache by name."""

    def __init__(self, model: str) -> None:
        # torch is imported here and nowhere else: without dense search it never is.
        from sentence_transformers import SentenceTransformer

        self.name = model
        try:
            self._model = SentenceTransformer(model, device="cpu", local_files_only=True)
        except (OSError, ValueError, RuntimeError) as problem:
            raise EmbeddingRefused(f"{model}: no such model on this machine ({type(problem).__name__})") from problem

    def encode(self, texts: Sequence[str]) -> Any:
        """Unit vectors, one a text."""
        return self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )

    def self_test(self) -> SelfTest:
        """How well the model knows each language, by the bundled lines."""
        lines = read_lexicon("selftest.yml")
        accuracy = {language: self._accuracy(lines[language]) for language in ("zh", "en")}
        return SelfTest(accuracy, float(lines["enough"]))

    def _accuracy(self, lines: Sequence[Sequence[str]]) -> float:
        right = 0
        for line in lines:
            question, answer, *others = self.encode(line)
            right += all(float(question @ answer) > float(question @ other) for other in others)
        return right / len(lines)


class DenseIndex:
    """The vectors of one model, in a collection of its own."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        import chromadb
        from chromadb.config import Settings

        self.encoder = encoder
        folder.mkdir(parents=True, exist_ok=True)
        client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
        name = "articles-" + hashlib.sha256(encoder.name.encode()).hexdigest()[:16]
        self._state = folder / f"{name}.json"
        self._collection = client.get_or_create_collection(
            name, embedding_function=_forbidden(), configuration={"hnsw": {"space": "cosine"}}
        )

    @property
    def size(self) -> int:
        """Vectors in it."""
        return int(self._collection.count())

    def sync(
        self,
        digests: Mapping[str, str],
        articles_of: Callable[[Sequence[str]], Iterable[Article]],
        on_share: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Bring the vectors to what the shelf holds: only documents that changed are encoded.

        The state file is written after the vectors: a crash in between encodes again, it never leaves old text behind.
        """
        known = json.loads(self._state.read_text(encoding="utf-8")) if self._state.is_file() else {}
        gone = [id_ for id_ in known if digests.get(id_) != known[id_]]
        new = [id_ for id_ in digests if known.get(id_) != digests[id_]]
        for done, id_ in enumerate(new):
            self.replace([id_], articles_of([id_]))
            on_share(done / len(new))
        self.replace([id_ for id_ in gone if id_ not in digests], [])
        self._state.write_text(json.dumps(dict(digests), ensure_ascii=False), encoding="utf-8")

    def replace(self, gone: Iterable[str], articles: Iterable[Article]) -> None:
        """Take out the articles of the documents that are gone, put in new ones."""
        for document in gone:
            self._collection.delete(where={"document": document})
        waiting = list(articles)
        for start in range(0, len(waiting), LARGEST_BATCH):
            some = waiting[start : start + LARGEST_BATCH]
            self._collection.upsert(
                ids=[article.id for article in some],
                embeddings=self.encoder.encode([" ".join((*article.path, article.text)) for article in some]),
                metadatas=[{"document": article.document} for article in some],
            )

    def search(self, question: str, limit: int) -> list[tuple[str, float]]:
        """Article ids and cosine similarity, best first. Validity, place and readers are the caller's to filter."""
        if not self.size:
            return []
        found = self._collection.query(
            query_embeddings=self.encoder.encode([question]), n_results=min(limit, self.size), include=["distances"]
        )
        distances = found["distances"] or [[]]
        return [(id_, 1.0 - float(far)) for id_, far in zip(found["ids"][0], distances[0], strict=True)]


def fused(sparse: Mapping[str, float], dense: Sequence[tuple[str, float]], weight: float) -> dict[str, float]:
    """One score an article: (1 - weight) of the BM25 share and `weight` of the place in the dense order.

    The place counts, not the cosine: cosines of unrelated texts lie anywhere, by model.
    """
    scores = {id_: (1 - weight) * score for id_, score in sparse.items()}
    for place, (id_, _) in enumerate(dense):
        scores[id_] = scores.get(id_, 0.0) + weight * (1.0 - place / len(dense))
    return scores


def _forbidden() -> Any:
    from chromadb.api.types import EmbeddingFunction
    from chromadb.utils.embedding_functions import known_embedding_functions, register_embedding_function

    if "citydesk-forbidden" in known_embedding_functions:
        return known_embedding_functions["citydesk-forbidden"]()

    class ForbiddenEmbedding(EmbeddingFunction[Any]):
        """Stands where Chroma would otherwise download a model of its own."""

        def __init__(self) -> None:
            pass

        def __call__(self, input: Any) -> NoReturn:  # noqa: ARG002  # Chroma's name
            raise EmbeddingRefused("Chroma was asked to embed text itself; embeddings must be passed")

        @staticmethod
        def name() -> str:
            return "citydesk-forbidden"

        def get_config(self) -> dict[str, Any]:
            return {}

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> ForbiddenEmbedding:  # noqa: ARG004  # Chroma's shape
            return ForbiddenEmbedding()

    register_embedding_function(ForbiddenEmbedding)  # type: ignore[no-untyped-call]
    return ForbiddenEmbedding()
