class EmbeddedPostgresError(Exception):
    """The embedded server cannot be used; the text says what to do about it."""
