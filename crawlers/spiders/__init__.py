"""The two spiders; both are driven by an order and a platform's data, and know no platform."""
