"""Session tokens: signed by this guide, and good only for the site that the session began on."""

from itsdangerous import BadSignature, URLSafeSerializer

from care.settings import Settings


class Tokens:
    def __init__(self, settings: Settings):
        secret = settings.session_key.get_secret_value()
        self._serializer = URLSafeSerializer(secret, salt="web-session")

    def issue(self, conversation_id: str, site: str) -> str:
        return self._serializer.dumps([conversation_id, site] if site else conversation_id)

    def conversation(self, token: str, site: str) -> str | None:
        """The conversation of a token that is used where it was issued, else None."""
        try:
            content = self._serializer.loads(token)
        except BadSignature:
            return None
        conversation_id, issued_for = content if isinstance(content, list) else (content, "")
        return str(conversation_id) if issued_for == site else None
