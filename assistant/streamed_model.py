"""An OpenAI-compatible model over a streaming connection, for endpoints that have no other."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, InvalidToolCall
from langchain_core.messages.tool import ToolCall, ToolCallChunk
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI


class StreamedChatOpenAI(ChatOpenAI):
    """Reads a stream to its end and only then says what was called.

    The library completes the JSON of a call that was cut off and would run it; here arguments that are no complete JSON
    object make the call an invalid one, and a stream that just ends makes the whole message a cut one.
    """

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        whole: AIMessageChunk | None = None
        reason: str | None = None
        for chunk in self._stream(messages, stop=stop, run_manager=run_manager, **kwargs):
            reason = (chunk.generation_info or {}).get("finish_reason") or reason
            if isinstance(chunk.message, AIMessageChunk):
                whole = chunk.message if whole is None else whole + chunk.message
        if whole is None:
            raise ValueError("an empty stream")
        message = _complete(whole, reason or "length")
        return ChatResult(generations=[ChatGeneration(message=message)])


def _complete(whole: AIMessageChunk, reason: str) -> AIMessage:
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for chunk in whole.tool_call_chunks:
        args = _object(chunk)
        if args is None:
            invalid.append(
                InvalidToolCall(
                    name=chunk["name"], args=chunk["args"], id=chunk["id"], error="not JSON", type="invalid_tool_call"
                )
            )
        else:
            calls.append(ToolCall(name=chunk["name"] or "", args=args, id=chunk["id"], type="tool_call"))
    return AIMessage(
        content=whole.content,
        tool_calls=calls,
        invalid_tool_calls=invalid,
        usage_metadata=whole.usage_metadata,
        response_metadata={**whole.response_metadata, "finish_reason": reason},
    )


def _object(chunk: ToolCallChunk) -> dict[str, Any] | None:
    try:
        read = json.loads(chunk["args"] or "{}")
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
