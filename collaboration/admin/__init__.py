"""The staff's door: what they see and do, with the services behind it.

Here and not in the apps below, for a page about a person or an event needs what is in all of them.
"""

from collaboration.admin import events, failed_logins, groups, history, sessions, tokens, users

__all__ = ["events", "failed_logins", "groups", "history", "sessions", "tokens", "users"]
