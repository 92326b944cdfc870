"""How much one visitor may send; kept in this process."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from care.settings import Settings

ADDRESS_FACTOR = 10  # a clinic or a shelter shares one address


class RateLimits:
    """Moving windows of a minute, per conversation and per address."""

    def __init__(self, settings: Settings):
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._messages = RateLimitItemPerMinute(settings.messages_per_minute)
        self._from_address = RateLimitItemPerMinute(settings.messages_per_minute * ADDRESS_FACTOR)
        self._sessions = RateLimitItemPerMinute(settings.sessions_per_minute)
        self._typing = RateLimitItemPerMinute(60)
        self._sign_ins = RateLimitItemPerMinute(10)
        self._account = RateLimitItemPerMinute(10, 15)

    def message(self, conversation_id: str, address: str) -> bool:
        return self._limiter.hit(self._messages, "message", conversation_id) and (
            self._limiter.hit(self._from_address, "message-address", address)
        )

    def typing(self, conversation_id: str) -> bool:
        return self._limiter.hit(self._typing, "typing", conversation_id)

    def session(self, address: str) -> bool:
        return self._limiter.hit(self._sessions, "session", address)

    def sign_in(self, address: str) -> bool:
        return self._limiter.hit(self._sign_ins, "sign-in", address)

    def password(self, name: str, browser: str) -> bool:
        """Refused tries do not count, so that nobody is kept out for longer than they are made."""
        return self._limiter.hit(self._account, "password", name, browser)

    def code(self, name: str, browser: str) -> bool:
        return self._limiter.hit(self._account, "code", name, browser)
