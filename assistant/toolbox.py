"""Toolbox: the tools as LangChain sees them, and the one gate through which every tool call goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain_core.messages import ToolMessage
from langchain_core.tools import StructuredTool
from langgraph.prebuilt.tool_node import ToolCallRequest
from pydantic import ValidationError

from tools import TOOLS, Tool
from tools.spec import ToolContext, ToolResult
from warehouse.errors import WarehouseError


def langchain_tools(language: str = "zh") -> list[StructuredTool]:
    """Schemas for a model. Their functions are never called: the gate runs the tools."""
    return [
        StructuredTool.from_function(
            func=_through_the_gate_only,
            name=tool.name,
            description=tool.description[language],
            args_schema=tool.args,
            return_direct=tool.effect == "reply",
        )
        for tool in TOOLS
    ]


def _through_the_gate_only(**_: Any) -> str:
    raise AssertionError("tools run through Gate")


class Gate(AgentMiddleware[Any, ToolContext, Any]):
    """Checks who may, checks the arguments, runs the tool, and turns what can go wrong into facts.

    A model that names a tool it was not given, or one its asker may not use, is refused here: hiding a tool is no
    permission.
    """

    def __init__(self, tools: Sequence[Tool] = TOOLS) -> None:
        super().__init__()
        self._tools = {tool.name: tool for tool in tools}

    def wrap_tool_call(self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Any]) -> ToolMessage:  # noqa: ARG002  # LangChain's own runner is not used
        """The tool's result as a message; a failure is a message too, with `status="error"`."""
        call = request.tool_call
        context = request.runtime.context
        result = run_tool(self._tools.get(call["name"]), call["name"], call["args"], context)
        status = "error" if "error" in result.facts else "success"
        return ToolMessage(
            content=result.text, artifact=result, name=call["name"], tool_call_id=call["id"], status=status
        )


def run_tool(tool: Tool | None, name: str, args: dict[str, Any], context: ToolContext | None) -> ToolResult:
    """The result of one call, or a result whose facts say what went wrong."""
    if tool is None or context is None:
        return failure("unknown_tool", f"there is no tool {name}", tool=name)
    if tool.roles and context.principal.role not in tool.roles:
        return failure("denied", f"{context.principal.role} may not use {name}", tool=name)
    try:
        return tool.run(tool.args.model_validate(args), context)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return failure("bad_arguments", f"{place}: {first['msg']}", tool=name)
    except WarehouseError as problem:
        return failure(problem.code, str(problem), **problem.facts)


def failure(code: str, text: str, **facts: Any) -> ToolResult:
    """A result that says what went wrong, for the model and for the wording."""
    return ToolResult(text=text, facts={"error": code, **facts})
