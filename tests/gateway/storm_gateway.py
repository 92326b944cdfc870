"""A gateway to be killed: an assistant that echoes, short leases.

Each life is a fork of a server that has everything imported, so that a death costs no start.
"""

import multiprocessing
import os
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import uvicorn

from care import deliveries
from care.db import migrate
from care.settings import Settings
from gateway import app
from gateway.channels.messenger import channel
from tests.fakes import FakeAssistant


def begin(given: dict[str, Any], lease: float, log: Path) -> BaseProcess:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([__name__])
    process = forks.Process(target=_serve, args=(given, lease, log), daemon=True)
    process.start()
    return process


def _serve(given: dict[str, Any], lease: float, log: Path) -> None:
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    deliveries.LEASE = timedelta(seconds=lease)
    channel.ECHO_SECONDS = lease
    app.RESUME_SECONDS = 1
    settings = Settings(**given)
    migrate(settings.database_url)
    served = app.create_app(settings, FakeAssistant().client(settings))
    uvicorn.run(served, port=settings.port, log_level="error")
