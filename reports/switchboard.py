"""Opens the configured channels, each kind by its file under `channels/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import assert_never

from reports.channels import Channel
from reports.channels.dingtalk import DingTalkChannel
from reports.channels.feishu import FeishuChannel
from reports.channels.folder import FolderChannel
from reports.channels.mail import MailChannel
from reports.channels.webhook import WebhookChannel
from reports.channels.wecom import WeComChannel
from reports.people import BUILT_IN_CHANNEL, ChannelSpec


def opened(specs: Iterable[ChannelSpec], home: Path) -> dict[str, Channel]:
    """The channels by name, with the built-in folder `messages/` under the home.

    Raises `ValueError` with a Chinese reason for a channel that must not be used as configured.
    """
    channels: dict[str, Channel] = {BUILT_IN_CHANNEL: FolderChannel(home / "messages")}
    for spec in specs:
        channels[spec.name] = channel(spec, home)
    return channels


def channel(spec: ChannelSpec, home: Path) -> Channel:
    """One channel; `ValueError` as above."""
    match spec.kind:
        case "folder":
            return FolderChannel(home / (spec.path or spec.name))
        case "mail":
            return MailChannel(spec)
        case "wecom":
            return WeComChannel(spec)
        case "dingtalk":
            return DingTalkChannel(spec)
        case "feishu":
            return FeishuChannel(spec)
        case "webhook":
            return WebhookChannel(spec)
        case _:
            assert_never(spec.kind)
