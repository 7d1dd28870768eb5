"""Model: the configured language model, made strict about what it streams."""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import BaseChatModel

from assistant.settings import Settings

OFFLINE = "offline"
_STREAMING = "openai"


def language_model(settings: Settings) -> BaseChatModel | None:
    """The provider's chat model, or None when the embedded model is all there is.

    Its own retries are off: `Discipline` retries within the budget of the question.
    """
    if settings.model == OFFLINE:
        return None
    options: dict[str, Any] = {"timeout": settings.model_timeout_seconds, "max_retries": 0, "temperature": 0}
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    if settings.model_key:
        options["api_key"] = settings.model_key.get_secret_value()
    provider, _, name = settings.model.partition(":")
    if settings.model_streaming and provider == _STREAMING:
        from assistant.streamed_model import StreamedChatOpenAI

        return StreamedChatOpenAI(model=name, disable_streaming=True, stream_usage=True, **options)
    from langchain.chat_models import init_chat_model

    # A stream cut in the middle of a tool call would be repaired by the library and run.
    model: BaseChatModel = init_chat_model(settings.model, disable_streaming=True, **options)
    return model
