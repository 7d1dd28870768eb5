"""list_cases: single records, or one case by its number."""

from __future__ import annotations

from pydantic import model_validator

from tools.evidence import result_of
from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Filter, Frozen, SemanticQuery


class CaseList(Frozen):
    """Either a query with `rows="cases"`, or a case number."""

    query: SemanticQuery | None = None
    case_no: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> CaseList:
        if (self.query is None) == (self.case_no is None):
            raise ValueError("give either query or case_no")
        return self


def run(asked: CaseList, context: ToolContext) -> ToolResult:
    """The records, newest first unless the query orders otherwise, with how many there are in all."""
    if asked.case_no is not None:
        # Numbers are written in either case by hand, and in one of them in the data.
        spelt = tuple(dict.fromkeys((asked.case_no, asked.case_no.upper(), asked.case_no.lower())))
        query = SemanticQuery(rows="cases", filters=(Filter(dimension="case_no", values=spelt, said=asked.case_no),))
    else:
        assert asked.query is not None
        query = asked.query.model_copy(update={"rows": "cases"})
    result = context.warehouse.run(query, scope=context.principal.scope, now=context.now)
    return result_of(query, result, case_no=asked.case_no)


LIST_CASES = Tool(
    name="list_cases",
    args=CaseList,
    run=run,
    effect="read",
    description={
        "zh": "列出单个案件（清单、明细），或按案件号查一件。",
        "en": "List single cases, or look one up by its number.",
    },
)
