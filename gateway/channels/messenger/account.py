"""Which Facebook Page Messenger goes through; on a development machine, a stand-in."""

import hashlib
import hmac
from dataclasses import dataclass

from care.settings import Settings

STAND_IN = "/dev/graph"
STAND_IN_PAGE = "100000000000001"
STAND_IN_APP = "200000000000002"


@dataclass(frozen=True)
class Account:
    """`public_url` is where people and Meta find us; `persona` is what a person speaks as."""

    page: str
    token: str
    secret: str
    verify_token: str
    graph_url: str
    public_url: str
    app: str = ""
    human_agent: bool = False
    persona: str = ""

    @property
    def proof(self) -> str:
        """Shows Meta that a call comes from the app and not from whoever has a stolen token."""
        return proof_of(self.secret, self.token)


def proof_of(secret: str, token: str) -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def of(settings: Settings) -> Account | None:
    """None where Messenger is off: in production without a Page."""
    if settings.messenger_page_id:
        return Account(
            page=settings.messenger_page_id,
            token=settings.messenger_page_token.get_secret_value(),
            secret=settings.messenger_app_secret.get_secret_value(),
            verify_token=settings.messenger_verify_token.get_secret_value(),
            graph_url=f"{settings.messenger_graph_url}/{settings.messenger_graph_version}",
            public_url=settings.public_url or "",
            app=settings.messenger_app_id,
            human_agent=settings.messenger_human_agent,
            persona=settings.messenger_persona,
        )
    return None if settings.mode == "production" else stand_in(settings)


def stand_in(settings: Settings) -> Account:
    here = f"http://127.0.0.1:{settings.port}"
    secret = settings.session_key.get_secret_value().encode()

    def made(what: str) -> str:
        return hmac.new(secret, f"stand-in for Meta: {what}".encode(), hashlib.sha256).hexdigest()

    return Account(
        page=STAND_IN_PAGE,
        token=made("token"),
        secret=made("secret")[:32],
        verify_token=made("verify"),
        graph_url=f"{here}{STAND_IN}/{settings.messenger_graph_version}",
        public_url=here,
        app=STAND_IN_APP,
        human_agent=settings.messenger_human_agent,
    )
