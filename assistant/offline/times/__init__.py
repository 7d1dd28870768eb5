"""The bilingual time grammar: words about time become windows, comparisons and named problems.

Lexical rules (`words_zh`, `words_en`, `digits`, `named`) find pieces; `chart` joins neighbouring pieces by the few
rules of `joins` until nothing new comes of it; the longest readings win. Choices are data in `policies.yml`.
"""

from assistant.offline.times.mentions import TimeMention, find_times
from assistant.offline.times.reading import TimeReading, resolve

__all__ = ["TimeMention", "TimeReading", "find_times", "resolve"]
