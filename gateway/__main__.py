"""`python -m gateway`: brings the database to the newest schema, then serves the public side."""

import uvicorn

from care import collector
from care.db import Core, migrate
from care.logs import configure
from care.settings import Settings
from gateway import metrics
from gateway.app import create_app

DRAIN_SECONDS = 5


def main() -> None:
    settings = Settings.load()
    configure(settings.log_level)
    migrate(settings.database_url)
    app = create_app(settings)
    metrics.serve(settings, Core.open(settings))
    collector.spare()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


if __name__ == "__main__":
    main()
