from neofi.throttling import UserThrottle


class ShareThrottle(UserThrottle):
    """Sharing tells whether a name or address is known, so nobody asks it without end."""

    scope = "share"
