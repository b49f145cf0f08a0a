"""Sessions of the browsable API and the admin: Django's, in the database."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key):
        # A quoted cookie may hold any character, and PostgreSQL cannot even be asked for NUL.
        return super()._validate_session_key(key) and key.isalnum()
