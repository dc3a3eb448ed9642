"""Names that imitate a protected name: found, explained, ranked and searched for."""

from monitors.names.matcher import Matcher
from monitors.names.protected import Protected, from_json, of_school

__all__ = ["Matcher", "Protected", "from_json", "of_school"]
