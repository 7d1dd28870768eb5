"""Dense search: a model from a local path, judged before it is used; nothing is downloaded; torch only when it is on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.articles import Article
from knowledge.errors import EmbeddingRefused
from knowledge.words import terms

pytest.importorskip("sentence_transformers", reason="the extra 'knowledge' is not installed")
pytest.importorskip("chromadb", reason="the extra 'knowledge' is not installed")

ROOT = Path(__file__).parents[2]


def small_model(folder: Path, corpus: list[str], *, seed: int) -> str:
    """A real model: characters to fixed vectors; the same characters give near vectors, so it knows Chinese a little."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    letters = sorted({character for text in corpus for character in text})
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, **{c: i for i, c in enumerate(letters, 1)}}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    weights = np.random.default_rng(seed).normal(size=(len(letters) + 1, 256)).astype("float32")
    weights[0] = 0
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(str(folder))
    return str(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from knowledge.vocabulary import read_lexicon

    corpus = [text for line in read_lexicon("selftest.yml")["zh"] for text in line]
    yield small_model(tmp_path_factory.mktemp("model"), corpus, seed=3)


def articles() -> list[Article]:
    texts = ["携犬出户应当用束犬链牵引", "施工现场应当设置围挡", "不得向河道倾倒垃圾"]
    return [Article(id=f"d{n}#1", document=f"d{n}", label="第一条", text=text) for n, text in enumerate(texts)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nearest_text_comes_first_and_a_removed_document_is_gone(model: str, tmp_path: Path) -> None:
    from knowledge.dense import DenseIndex, Encoder

    index = DenseIndex(tmp_path / "chroma", Encoder(model))
    index.replace([], articles())
    assert index.search("犬用束犬链", 2)[0][0] == "d0#1"
    index.replace(["d0"], [])
    assert [id_ for id_, _ in index.search("犬用束犬链", 3)] and index.size == 2
    assert all(id_ != "d0#1" for id_, _ in index.search("犬用束犬链", 3))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_chroma_never_embeds_by_itself(model: str, tmp_path: Path) -> None:
    from knowledge.dense import DenseIndex, Encoder

    index = DenseIndex(tmp_path / "chroma", Encoder(model))
    index.replace([], articles())
    collection: Any = index._collection
    with pytest.raises(EmbeddingRefused):
        collection.add(ids=["x"], documents=["text"])
    with pytest.raises(EmbeddingRefused):
        collection.query(query_texts=["text"])


def test_the_self_test_gives_no_weight_to_a_language_the_model_does_not_know(model: str) -> None:
    from knowledge.dense import Encoder

    judged = Encoder(model).self_test()
    assert judged.accuracy["en"] < judged.enough
    assert judged.weight("en") == 0.0
    assert judged.weight("zh") == (0.5 * judged.accuracy["zh"] if judged.accuracy["zh"] >= judged.enough else 0.0)


def test_a_missing_model_is_refused_not_fetched() -> None:
    from knowledge.dense import Encoder

    with pytest.raises(EmbeddingRefused):
        Encoder("nobody/no-such-model-anywhere")


def test_torch_is_not_imported_without_dense_search(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import date;"
        "from knowledge.library import Library; from knowledge.retrieve import Finder; from knowledge.passages import Question;"
        f"Finder(Library(Path({str(tmp_path)!r}))).find(Question(text='罚多少', day=date(2026, 1, 1)));"
        "print([m for m in ('torch', 'chromadb', 'sentence_transformers') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "[]"


def test_terms_are_what_the_index_holds() -> None:
    assert list(terms("第35条 ＡＢ")) == ["第", "35", "条", "ab"]
