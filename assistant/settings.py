"""Settings: the one reader of the environment. Environment > `citydesk.toml` in the home > defaults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

if TYPE_CHECKING:
    from warehouse.catalog import City


class HomeOnly(BaseSettings):
    """Where CityDesk keeps its data; read first, because the other settings may lie in it."""

    model_config = SettingsConfigDict(env_prefix="CITYDESK_", env_file=".env", extra="ignore")
    home: Path = Field(default_factory=lambda: user_data_path("citydesk"))


class Settings(BaseSettings):
    """How this CityDesk behaves.

    Attributes:
        home: State: cities, conversations, traces. Two homes never touch.
        model: `offline`, or `provider:name` as LangChain spells it.
        model_base_url: Of an OpenAI-compatible endpoint.
        model_key: Its key. Never printed.
        model_streaming: For endpoints that only stream. Nothing is shown before it is complete either way.
        model_timeout_seconds: How long a model request may stay silent.
        model_retries: Further requests after one that failed for a reason that may pass (429, 5xx, no connection).
        question_seconds: How long the language model may work at one question; then the embedded model answers.
        steps: Model calls a question may cost.
        tool_calls: Tool calls a question may cost.
        idle_hours: A conversation left alone longer starts afresh.
        remembered_turns: How many earlier turns a follow-up may lean on.
        ledger_url: Where work orders are kept, as SQLAlchemy spells it; None is a SQLite file in the home.
        jurisdiction: Whose rules hold, as a path (浙江省/丽水市); empty: those of the current city's name.
        embedding_model: Folder or cached name of a sentence-transformers model for dense search; empty: none.
        shared_data: Folder with real data that no repository may hold, for suites and tests; None: `../shared/data`.
        web_tokens: Sign-in of the page: name of a person (or role) to their secret token.
        web_proxy_header: Header in which a reverse proxy names who is signed in; unset, no header is believed.
        web_trusted_proxies: Addresses from which that header is believed.
        telegram_token: Of the bot, as @BotFather gives it; None: no Telegram.
        telegram_api: Where Telegram's API lies; a self-hosted server has its own.
        telegram_webhook: Public HTTPS address of this desk's /api/telegram/webhook; None: long polling.
        wecom_bot, wecom_secret: Of WeCom's AI bot (智能机器人, long connection), as its page shows them; None: no WeCom.
        wecom_address: Where its long connection lies; a private deployment has its own.
        wecom_app_corp, wecom_app_agent, wecom_app_secret: Of WeCom's self-built app (自建应用); None: no such app.
        wecom_app_token, wecom_app_key: Of its callback (接收消息: Token, EncodingAESKey).
        wecom_app_api: Where WeCom's API lies; a private deployment has its own.
        wecom_robots: Groups that are only told: a name of people.yml to the webhook address of the group's robot.
        telegram_secret: What Telegram must send along to the webhook: 1 to 256 of A-Z a-z 0-9 _ -.
    """

    model_config = SettingsConfigDict(env_prefix="CITYDESK_", env_file=".env", extra="ignore")
    home: Path = Field(default_factory=lambda: HomeOnly().home)
    model: str = "offline"
    model_base_url: str | None = None
    model_key: SecretStr | None = None
    model_streaming: bool = False
    model_timeout_seconds: float = Field(default=30.0, gt=0)
    model_retries: int = Field(default=2, ge=0)
    question_seconds: float = Field(default=60.0, gt=0)
    steps: int = Field(default=8, ge=1)
    tool_calls: int = Field(default=16, ge=1)
    idle_hours: float = Field(default=12.0, gt=0)
    remembered_turns: int = Field(default=12, ge=0)
    ledger_url: str | None = None
    jurisdiction: str = ""
    embedding_model: str = ""
    shared_data: Path | None = None
    web_tokens: dict[str, SecretStr] = Field(default_factory=dict)
    web_proxy_header: str | None = None
    web_trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_webhook: str | None = None
    telegram_secret: SecretStr | None = None
    wecom_bot: str | None = None
    wecom_secret: SecretStr | None = None
    wecom_address: str = "wss://openws.work.weixin.qq.com"
    wecom_app_corp: str | None = None
    wecom_app_agent: int = 0
    wecom_app_secret: SecretStr | None = None
    wecom_app_token: SecretStr | None = None
    wecom_app_key: SecretStr | None = None
    wecom_app_api: str = "https://qyapi.weixin.qq.com"
    wecom_robots: dict[str, SecretStr] = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the home's file."""
        toml = TomlConfigSettingsSource(settings_cls, HomeOnly().home / "citydesk.toml")
        return init_settings, env_settings, dotenv_settings, toml, file_secret_settings

    def place(self, city: City) -> str:
        """The jurisdiction path whose rules hold in a city: the setting, else the city's name."""
        return self.jurisdiction or city.name.get("zh", "")

    def ledger_file(self, city: str) -> Path:
        """Where a city's ledger lies when no other place is set."""
        return self.home / "cities" / city / "ledger" / "ledger.db"


def read_settings() -> Settings:
    """The settings as they are now."""
    return Settings()
