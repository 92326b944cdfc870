"""A gateway to be killed: settings from the environment, an assistant that echoes, short leases."""

from datetime import timedelta

import uvicorn

from care import deliveries
from care.db import migrate
from care.settings import Settings
from gateway import app
from tests.fakes import FakeAssistant


def main() -> None:
    deliveries.LEASE = timedelta(seconds=2)
    app.RESUME_SECONDS = 1
    settings = Settings.load()
    migrate(settings.database_url)
    served = app.create_app(settings, FakeAssistant().client(settings))
    uvicorn.run(served, port=settings.port, log_level="error")


if __name__ == "__main__":
    main()
