"""The spider; it is driven by an order and a platform's data, and knows no platform."""
