"""Opens the configured channels, each kind by its file under `channels/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reports.channels import Channel
from reports.channels.folder import FolderChannel
from reports.channels.mail import MailChannel
from reports.people import BUILT_IN_CHANNEL, ChannelSpec


def opened(specs: Iterable[ChannelSpec], home: Path) -> dict[str, Channel]:
    """The channels by name, with the built-in folder `messages/` under the home.

    Raises `ValueError` with a Chinese reason for a channel that must not be used as configured.
    """
    channels: dict[str, Channel] = {BUILT_IN_CHANNEL: FolderChannel(home / "messages")}
    for spec in specs:
        channels[spec.name] = _channel(spec, home)
    return channels


def _channel(spec: ChannelSpec, home: Path) -> Channel:
    match spec.kind:
        case "folder":
            return FolderChannel(home / (spec.path or spec.name))
        case "mail":
            return MailChannel(spec)
        case "wecom" | "dingtalk" | "feishu" | "webhook":
            raise ValueError(f"[channels.{spec.name}] kind：这个版本还不支持“{spec.kind}”。")
