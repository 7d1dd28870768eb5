"""What every channel speaks: Inbound in, Reply out. No raw payload of a messenger gets past its adapter.

Pydantic, because both are written to the ledger and read back after a restart.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Piece(BaseModel):
    """Immutable; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ref(Piece):
    """A chat. `account` is the bot's own, so that two bots of one kind never mix."""

    channel: str
    account: str
    chat: str
    kind: Literal["private", "group"] = "private"
    topic: str | None = None

    def __str__(self) -> str:
        return ":".join((self.channel, self.account, self.kind, self.chat, *([self.topic] if self.topic else ())))


class Actor(Piece):
    """Who wrote, as the channel knows them; who that is among the city's people is the directory's to say."""

    id: str
    display: str = ""


class FileHandle(Piece):
    """A file that lies with the channel; `locator` means something to its adapter only. `size` in bytes."""

    locator: str
    mime: str = ""
    size: int | None = None
    name: str = ""


class Text(Piece):
    """Words."""

    kind: Literal["text"] = "text"
    text: str


class Command(Piece):
    """A command such as /brief; the name without its slash, lower case."""

    kind: Literal["command"] = "command"
    name: str
    args: str = ""


class Photo(Piece):
    """A picture."""

    kind: Literal["photo"] = "photo"
    file: FileHandle
    caption: str = ""


class Document(Piece):
    """Any other file."""

    kind: Literal["document"] = "document"
    file: FileHandle
    caption: str = ""


class Voice(Piece):
    """A voice message; `transcript` where the channel wrote it down."""

    kind: Literal["voice"] = "voice"
    file: FileHandle | None = None
    transcript: str | None = None
    seconds: float | None = None


class Location(Piece):
    """A place in degrees, with the system it is measured in: WeCom's app sends GCJ-02, Telegram WGS-84."""

    kind: Literal["location"] = "location"
    latitude: float
    longitude: float
    crs: Literal["wgs84", "gcj02"]
    label: str = ""


class Press(Piece):
    """A button was pressed; `message` is the one it hangs on."""

    kind: Literal["press"] = "press"
    token: str
    message: str | None = None


class Feedback(Piece):
    """A judgement that the channel itself collected."""

    kind: Literal["feedback"] = "feedback"
    score: Literal["up", "down"]
    reason: str = ""
    about: str | None = None


class Joined(Piece):
    """Somebody is in the group now."""

    kind: Literal["joined"] = "joined"
    member: Actor


class Left(Piece):
    """Somebody is no longer in the group."""

    kind: Literal["left"] = "left"
    member: Actor


Part = Annotated[
    Text | Command | Photo | Document | Voice | Location | Press | Feedback | Joined | Left, Field(discriminator="kind")
]


class Inbound(Piece):
    """Something that reached the city's desk.

    Attributes:
        key: The same thing delivered again has the same key.
        addressed: Said to the desk: always in private, in groups only by mention, command or reply.
        ticket: What the adapter needs to answer this very message; means nothing to anybody else.
        language: What the channel says the writer's language is; None where it does not.
        album: What comes in several deliveries and belongs together has the same album, such as photos sent at once.
    """

    key: str
    at: AwareDatetime
    ref: Ref
    actor: Actor
    addressed: bool = True
    parts: tuple[Part, ...]
    ticket: dict[str, Any] | None = None
    language: Literal["zh", "en"] | None = None
    album: str | None = None

    @property
    def lane(self) -> str:
        """What must stay in order: one person in one chat."""
        return f"{self.ref}:{self.actor.id}"

    @property
    def press(self) -> Press | None:
        """The button, when this is one."""
        return next((part for part in self.parts if isinstance(part, Press)), None)

    @property
    def words(self) -> str:
        """What was said, also under a picture or in a voice message that was written down."""
        said = [
            part.text if isinstance(part, Text)
            else part.caption if isinstance(part, Photo | Document)
            else (part.transcript or "") if isinstance(part, Voice)
            else ""
            for part in self.parts
        ]  # fmt: skip
        return "\n".join(text for text in said if text)


class Markdown(Piece):
    """Words with the plainest Markdown: **bold**, `code`, lines, lists."""

    kind: Literal["markdown"] = "markdown"
    text: str


class Head(Piece):
    """A column's head; numbers stand right."""

    name: str
    label: str
    numeric: bool = False


class TableBlock(Piece):
    """A table, its cells as people read them; `values` are the same cells for machines (JSON values)."""

    kind: Literal["table"] = "table"
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Any, ...], ...]
    truncated: bool = False


class ChartBlock(Piece):
    """A Vega-Lite drawing and what it shows in words."""

    kind: Literal["chart"] = "chart"
    spec: dict[str, Any]
    alt: str


class Pin(Piece):
    """A place to show (WGS-84)."""

    kind: Literal["pin"] = "pin"
    latitude: float
    longitude: float
    label: str = ""


class Picture(Piece):
    """A picture as base64 text."""

    kind: Literal["picture"] = "picture"
    base64: str
    mime: str = "image/png"
    alt: str = ""


class Action(Piece):
    """A button: its token stands for a row of the ledger, never for the deed itself."""

    token: str
    label: str
    style: Literal["plain", "good", "bad"] = "plain"


class Card(Piece):
    """Something to decide or choose: a title, facts, and buttons."""

    kind: Literal["card"] = "card"
    title: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    actions: tuple[Action, ...] = ()
    purpose: Literal["choose", "follow", "decide", "judge"] = "choose"


Block = Annotated[Markdown | TableBlock | ChartBlock | Pin | Picture | Card, Field(discriminator="kind")]


class Reply(Piece):
    """What the desk says, in the order it should be read; a channel leaves out what it cannot show, never the words.

    Attributes:
        about: Key of the answer it carries, for judging it later; None for anything else.
        replaces: It stands in the place of the card whose button was pressed, where the channel can do that.
    """

    blocks: tuple[Block, ...]
    language: Literal["zh", "en"] = "zh"
    about: str | None = None
    replaces: bool = False

    @property
    def words(self) -> str:
        """The Markdown of it, joined."""
        return "\n\n".join(block.text for block in self.blocks if isinstance(block, Markdown))
