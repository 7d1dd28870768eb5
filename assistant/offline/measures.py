"""Which metrics a question is about, and which mark words are only filters."""

from __future__ import annotations

from assistant.offline.desk import Desk
from assistant.offline.lattice import Segment
from assistant.offline.lexicon import compositions
from assistant.offline.normalise import fold, is_cjk
from assistant.offline.sentence import Sentence, Slots, ValueUse
from assistant.offline.tokens import tokenise
from assistant.offline.vocabulary import Entry
from warehouse.catalog import Metric

# Operators that still say the direction after they have made a metric.
# "The share of closed cases" is a share of a count; "the share of cases closed" is a rate.
_COUNT_ENDINGS = ("数", "量", "案件", "件", "cases", "requests", "reports", "closures")
_KEPT = ("slow", "fast", "best", "worst")


def read_measures(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    """Fill the metrics; a mark word beside a stronger metric becomes a filter."""
    named = [i for i in sentence.where("metric") if i not in sentence.used and not _part_of_name(sentence, desk, i)]
    pure = [i for i in named if not _is_weak(sentence.segments[i]) and not sentence.segments[i].has("value")]
    mixed = [i for i in named if sentence.segments[i].has("value")]
    weak = [i for i in named if _is_weak(sentence.segments[i]) and i not in mixed]
    if not _part_of_whole(sentence, slots, desk, named):
        timed = any(_kind(desk, i, sentence) == "duration" for i in pure)
        _compose(sentence, slots, desk, [*pure, *mixed], [] if timed else weak)
    if slots.metrics:
        pure, mixed = [i for i in pure if i not in sentence.used], [i for i in mixed if i not in sentence.used]
    if slots.metrics:
        sentence.use(*pure)
        pure = []
    heads = pure or ([] if slots.metrics else _heads(sentence, desk, mixed))
    heads = sorted({*heads, *(m for m in mixed for p in pure if _joined_by_and(sentence, *sorted((m, p))))})
    cohort = _cohort(sentence, weak, mixed, pure)
    if cohort:
        heads = [cohort]
    for position in heads:
        _take_metric(sentence, slots, position)
    for position in mixed:
        if position not in heads and position not in sentence.used:
            _as_filter(sentence, slots, position, desk)
    if not slots.metrics and weak:
        _take_metric(sentence, slots, weak[0])
        slots.strong_metric = not sentence.segments[weak[0]].has("case")
    else:
        slots.strong_metric = bool(slots.metrics)
    _coordinated_weak(sentence, slots, weak)
    sentence.use(*weak)
    _narrower(sentence, slots, desk, named)
    _of_which(sentence, slots, named)
    _statistic(sentence, slots, desk)


def _narrower(sentence: Sentence, slots: Slots, desk: Desk, named: list[int]) -> None:
    """「告警转案件的有多少」: of the alarms, those turned into cases; not both numbers, unless they are joined."""
    parts = [m for m in slots.metrics if m != "alarms" and (d := desk.catalog.metrics.get(m)) and d.fact == "alarms"]
    if "alarms" not in slots.metrics or not parts:
        return
    places = {e.target: i for i in named for e in sentence.segments[i].of("metric")}
    if not any(_joined_by_and(sentence, *sorted((places["alarms"], places[p]))) for p in parts if p in places):
        slots.metrics.remove("alarms")


def _of_which(sentence: Sentence, slots: Slots, named: list[int]) -> None:
    """「结案里面超期才结的」: of what stands before the word, what stands after it; one number, not two."""
    for position in sentence.ops("within"):
        before = {e.target for i in named if i < position for e in sentence.segments[i].of("metric")}
        after = {e.target for i in named if i > position for e in sentence.segments[i].of("metric")}
        if position > 0:
            sentence.use(position)
        if set(slots.metrics) & after - before:
            slots.metrics = [m for m in slots.metrics if m in after or m not in before]


def _kind(desk: Desk, position: int, sentence: Sentence) -> str | None:
    known = desk.catalog.metrics.get(sentence.segments[position].of("metric")[0].target)
    return known.kind if known is not None else None


def _part_of_name(sentence: Sentence, desk: Desk, position: int) -> bool:
    """A word for something this city does not measure, said as part of a name ("fallen tree | emergencies")."""
    if any(e.target in desk.catalog.metrics for e in sentence.segments[position].of("metric")):
        return False
    words = {token.stem for token in tokenise(fold(sentence.segments[position].said))}
    for neighbour in (position - 1, position + 1):
        for entry in sentence.segments[neighbour].of("value") if 0 <= neighbour < len(sentence.segments) else ():
            if words <= {token.stem for token in tokenise(fold(entry.value))}:
                sentence.use(position)
                return True
    return False


def _is_weak(segment: Segment) -> bool:
    return segment.has("case") or any(e.kind == "stop" for e in segment.entries)


# What may stand between two metrics that are joined: "requests and the median closing time".
_BETWEEN = ("how_many", "mean", "median", "percentile", "each")


def _take_metric(sentence: Sentence, slots: Slots, position: int) -> None:
    metrics = sentence.segments[position].of("metric")
    best = [e for e in metrics if e.score == max(m.score for m in metrics)]
    sentence.use(position)
    if len({e.target for e in best}) > 1:
        slots.ambiguous.append((position, tuple(best)))
    if best[0].target not in slots.metrics:
        slots.metrics.append(best[0].target)
    _note_spelling(sentence, slots, position, best[0].how, best[0].target)


def _note_spelling(sentence: Sentence, slots: Slots, position: int, how: str, read: str) -> None:
    if how in {"spelling", "part"}:
        slots.note("read_as", said=sentence.segments[position].said, metric=read)
        slots.penalty += 0.1


def _joined_by_and(sentence: Sentence, left: int, right: int) -> bool:
    between = range(left + 1, right)
    joints = [i for i in between if sentence.segments[i].op("and", "compare")]
    rest = [
        i
        for i in between
        if i not in joints and not sentence.segments[i].op(*_BETWEEN) and not _is_weak(sentence.segments[i])
    ]
    return not rest and (bool(joints) or "," in sentence.gap(left, right))


def _rank_of(metric: Metric | None) -> int:
    """Which of several mark metrics is the noun: events over snapshots over mere marks."""
    if metric is None:
        return 9
    if metric.snapshot:
        return 1 if metric.better == "down" and metric.time == "due_at" else 2
    return 3 if metric.time in {"registered_at", "reported_at"} else 0


def _heads(sentence: Sentence, desk: Desk, mixed: list[int]) -> list[int]:
    if not mixed:
        return []
    rank = {i: _rank_of(desk.catalog.metrics.get(sentence.segments[i].of("metric")[0].target)) for i in mixed}
    head = min(mixed, key=lambda i: (rank[i], i))
    chain = [head]
    for position in mixed:
        if position != head and (
            _joined_by_and(sentence, *sorted((chain[-1], position)))
            or _joined_by_and(sentence, *sorted((head, position)))
        ):
            chain.append(position)
    return sorted(chain)


def _cohort(sentence: Sentence, weak: list[int], mixed: list[int], pure: list[int]) -> int | None:
    """Cases reported in a window and what became of them: the verb with the time is the metric, the state a filter."""
    if pure or not weak or not mixed or not sentence.where("time"):
        return None
    verbs = [i for i in weak if not sentence.segments[i].has("case")]
    times = sentence.where("time")
    for verb in verbs:
        state = next((i for i in mixed if sentence.segments[i].has("value")), None)
        near = min(abs(verb - t) for t in times)
        if (
            state is not None
            and near < min(abs(state - t) for t in times)
            and not _joined_by_and(sentence, *sorted((verb, state)))
        ):
            return verb
    return None


def _as_filter(sentence: Sentence, slots: Slots, position: int, desk: Desk) -> None:
    values = [e for e in sentence.segments[position].of("value") if e.target in desk.catalog.dimensions]
    sentence.use(position)
    if not values:
        return
    entry = values[0]
    rates = compositions().get("share", {})
    counted = next(
        (e.target for e in sentence.segments[position].of("metric") if rates.get(e.target) in slots.metrics), None
    )
    if counted is not None:
        slots.metrics.append(counted)
        return
    if not _is_implied(slots, desk, entry):
        slots.values.append(ValueUse(entry.target, entry.value, sentence.segments[position].said, position))


def _is_implied(slots: Slots, desk: Desk, entry: Entry) -> bool:
    """Open beside what is open anyway, closed beside what counts closures: nothing to filter."""
    known = [m for metric in slots.metrics if (m := desk.catalog.metrics.get(metric)) is not None]
    return entry.target == "state" and any(
        (entry.value == "open" and m.snapshot) or (entry.value == "closed" and m.time == "closed_at") for m in known
    )


def _coordinated_weak(sentence: Sentence, slots: Slots, weak: list[int]) -> None:
    """「上报和结案各多少」: a plain verb joined to a metric is a metric too."""
    others = [i for i in sentence.where("metric") if i not in weak]
    for position in weak:
        if any(_joined_by_and(sentence, *sorted((position, other))) for other in others):
            target = sentence.segments[position].of("metric")[0].target
            if target not in slots.metrics:
                slots.metrics.insert(0 if all(position < o for o in others) else len(slots.metrics), target)


def _part_of_whole(sentence: Sentence, slots: Slots, desk: Desk, named: list[int]) -> bool:
    """「超期结案占全部结案的比例」, "what share of open cases is overdue": one count as a part of another."""
    if not sentence.ops("share"):
        return False
    targets = {e.target: i for i in named for e in sentence.segments[i].of("metric")}
    for pair, made in compositions()["part_of"].items():
        part, whole = (name.strip() for name in pair.split("/"))
        if not {part, whole} <= targets.keys() or whole not in desk.catalog.metrics:
            continue
        dimension, _, value = made.partition("=")
        if value and dimension in desk.catalog.dimensions:
            slots.metrics.append(whole)
            slots.values.append(ValueUse(dimension, value, sentence.segments[targets[part]].said, targets[part]))
        elif not value and made in desk.catalog.metrics:
            slots.metrics.append(made)
            sentence.take("share")
        else:
            continue
        sentence.use(targets[part], targets[whole])
        return True
    return False


def _shares_groups(sentence: Sentence, desk: Desk) -> bool:
    """「东湖立案占全市的比例」, 「各大类立案占比」: the share of a place or of each group in all, and no rate."""
    asked = [i for i in sentence.ops("share") if is_cjk(sentence.segments[i].said[:1] or " ")]
    if not asked:
        return False
    named = any(
        e.target in desk.catalog.dimensions and desk.catalog.dimensions[e.target].kind != "mark"
        for s in sentence.segments
        for e in s.of("value")
    )
    cut = any(not s.has("case") for s in sentence.segments if s.has("dimension"))
    return named or cut or bool(sentence.ops("whole", free=False)) or bool(sentence.where("city"))


def _compose(sentence: Sentence, slots: Slots, desk: Desk, named: list[int], weak: list[int]) -> None:
    """An operator that makes another metric of the one beside it: the share of closed cases is the closure rate."""
    for operator, table in compositions().items():
        found = sentence.ops(operator)
        if not found:
            continue
        grouped = operator == "share" and _shares_groups(sentence, desk)
        counts = [i for i in named if sentence.segments[i].said.lower().endswith(_COUNT_ENDINGS)]
        verbs = [i for i in named if i not in counts] if operator == "share" else [*weak, *named]
        targets = {sentence.segments[i].of("metric")[0].target: i for i in verbs}
        marks = {
            f"{e.target}={e.value}": i for i in range(len(sentence.segments)) for e in sentence.segments[i].of("value")
        }
        for pattern, made in sorted(table.items(), key=lambda item: -item[0].count("&")):
            parts = [part.strip() for part in pattern.split("&")]
            hits = [targets.get(part, marks.get(part)) for part in parts]
            if grouped and "=" not in pattern:
                continue
            if made in desk.catalog.metrics and all(hit is not None for hit in hits):
                sentence.use(*(hit for hit in hits if hit is not None))
                if operator not in _KEPT:
                    sentence.use(*found)
                slots.metrics.append(made)
                return


def recompose(slots: Slots, desk: Desk) -> None:
    """Replace a metric and a filter that together are another metric."""
    for pattern, made in compositions().get("always", {}).items():
        metric, mark = (part.strip() for part in pattern.split("&"))
        hits = [
            u
            for u in slots.values
            if f"{u.dimension}={u.value}" == mark and not u.negated and u.dimension not in slots.dimensions
        ]
        if hits and metric in slots.metrics and made in desk.catalog.metrics:
            slots.metrics = [made if m == metric else m for m in slots.metrics]
            slots.order = [{**o, "by": made if o["by"] == metric else o["by"]} for o in slots.order]
            slots.values = [u for u in slots.values if u not in hits]


def mark_as_metric(slots: Slots, desk: Desk) -> None:
    """「作废的案件」: with no other metric a mark is counted by the metric of its name."""
    metrics = {mark: metric for metric, mark in desk.marks.items()}
    for use in slots.values:
        metric = metrics.get((use.dimension, use.value))
        if (
            not slots.metrics
            and metric in desk.catalog.metrics
            and not use.negated
            and use.dimension not in slots.dimensions
        ):
            slots.metrics = [str(metric)]
            slots.strong_metric = True
            slots.values = [u for u in slots.values if u is not use]
            return


def asked_percentile(sentence: Sentence) -> str | None:
    """The percentile asked for, as a statistic; explains its words."""
    found = _percentile(sentence)
    if found is None:
        return None
    sentence.use(*found[0])
    return f"p{found[1]}"


def _statistic(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    durations = [m for m in slots.metrics if (d := desk.catalog.metrics.get(m)) is not None and d.kind == "duration"]
    asked = sentence.ops("how_long")
    if not durations and not slots.metrics and (asked or sentence.ops("slow", "fast")):
        durations = _default_duration(slots, desk)
    if durations:
        sentence.use(*asked, *sentence.ops("unit_hour", "unit_day", "unit_minute"))
    statistic = _asked_statistic(sentence, take=bool(durations))
    rates = any((d := desk.catalog.metrics.get(m)) is not None and d.kind == "ratio" for m in slots.metrics)
    if statistic == "mean" and rates:
        sentence.take("mean")
    if durations and statistic:
        slots.metrics = [f"{m}.{statistic}" if m in durations else m for m in slots.metrics]


def _default_duration(slots: Slots, desk: Desk) -> list[str]:
    known = [m.id for m in desk.catalog.metrics.values() if m.kind == "duration"]
    known.sort(key=lambda m: m != "closing_hours")
    if known:
        slots.metrics.append(known[0])
        slots.derived_metric = True
        slots.note("default_duration", metric=known[0])
    return known[:1]


def _asked_statistic(sentence: Sentence, *, take: bool) -> str | None:
    found: str | None = None
    for op in ("mean", "median"):
        if sentence.ops(op):
            found = op
            if take:
                sentence.take(op)
    percentile = _percentile(sentence)
    if percentile and take:
        position, number = percentile
        sentence.use(*position)
        found = f"p{number}"
    return found


def _percentile(sentence: Sentence) -> tuple[tuple[int, int], int] | None:
    for position, segment in enumerate(sentence.segments):
        if segment.number is None or not 1 <= segment.number <= 99:
            continue
        after, before = sentence.after(position), position - 1
        if after is not None and sentence.segments[after].op("percentile"):
            return (position, after), int(segment.number)
        if before >= 0 and sentence.segments[before].said.lower() == "p" and not sentence.gap(before, position).strip():
            return (before, position), int(segment.number)
    return None
