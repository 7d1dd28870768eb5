"""Verbs: what the assistant can do. `TOOLS` is the one list, for the embedded model and a language model alike."""

from tools.abstain import ABSTAIN
from tools.chat import CHAT
from tools.clarify import CLARIFY
from tools.describe_catalog import DESCRIBE_CATALOG
from tools.detect_anomalies import DETECT_ANOMALIES
from tools.draw_chart import DRAW_CHART
from tools.list_cases import LIST_CASES
from tools.query_metrics import QUERY_METRICS
from tools.search_policy import SEARCH_POLICY
from tools.spec import Tool

TOOLS: tuple[Tool, ...] = (
    QUERY_METRICS,
    LIST_CASES,
    DETECT_ANOMALIES,
    DESCRIBE_CATALOG,
    DRAW_CHART,
    SEARCH_POLICY,
    CLARIFY,
    ABSTAIN,
    CHAT,
)

__all__ = ["TOOLS", "Tool"]
