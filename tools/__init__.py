"""Verbs: what the assistant can do. `TOOLS` is the one list, for the embedded model and a language model alike."""

from tools.abstain import ABSTAIN
from tools.chat import CHAT
from tools.clarify import CLARIFY
from tools.describe_catalog import DESCRIBE_CATALOG
from tools.detect_anomalies import DETECT_ANOMALIES
from tools.draw_chart import DRAW_CHART
from tools.find_work_orders import FIND_WORK_ORDERS
from tools.list_cases import LIST_CASES
from tools.my_subscriptions import MY_SUBSCRIPTIONS
from tools.my_tasks import MY_TASKS
from tools.propose_alert_rule import PROPOSE_ALERT_RULE
from tools.propose_subscription import PROPOSE_SUBSCRIPTION
from tools.propose_transition import PROPOSE_TRANSITION
from tools.propose_work_order import PROPOSE_WORK_ORDER
from tools.query_metrics import QUERY_METRICS
from tools.report_problem import REPORT_PROBLEM
from tools.search_policy import SEARCH_POLICY
from tools.spec import Tool
from tools.work_order_timeline import WORK_ORDER_TIMELINE

TOOLS: tuple[Tool, ...] = (
    QUERY_METRICS,
    LIST_CASES,
    DETECT_ANOMALIES,
    DESCRIBE_CATALOG,
    DRAW_CHART,
    SEARCH_POLICY,
    FIND_WORK_ORDERS,
    WORK_ORDER_TIMELINE,
    MY_TASKS,
    REPORT_PROBLEM,
    PROPOSE_WORK_ORDER,
    PROPOSE_TRANSITION,
    PROPOSE_SUBSCRIPTION,
    PROPOSE_ALERT_RULE,
    MY_SUBSCRIPTIONS,
    CLARIFY,
    ABSTAIN,
    CHAT,
)

__all__ = ["TOOLS", "Tool"]
