"""The room that tells: weekly report, alerts, channels."""
