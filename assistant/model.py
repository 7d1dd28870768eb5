"""Model: the configured language model, made strict about what it streams."""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import BaseChatModel

from assistant.settings import Settings

OFFLINE = "offline"


def language_model(settings: Settings) -> BaseChatModel | None:
    """The provider's chat model, or None when the embedded model is all there is.

    Streaming is off: a stream cut in the middle of a tool call would be repaired by the library and run.
    """
    if settings.model == OFFLINE:
        return None
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "timeout": settings.model_timeout_seconds,
        "max_retries": settings.model_retries,
        "disable_streaming": True,
        "temperature": 0,
    }
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    if settings.model_key:
        options["api_key"] = settings.model_key.get_secret_value()
    model: BaseChatModel = init_chat_model(settings.model, **options)
    return model
