"""The stand-in platforms: an invented school and a local server that speaks as the real platforms do."""
