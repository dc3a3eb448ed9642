"""The room that looks: platforms, spiders, capture, rehearsal."""
