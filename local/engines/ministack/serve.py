"""Serves MiniStack as its own command does."""

import asyncio
import os
import resource
import sys

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config
from ministack.app import app

from engines import heap
from engines.ministack import access, metrics


def serve(socket: str, patches: list) -> None:
    if os.environ.get("GROUNDPLAN_STATE_KEY"):
        from engines.ministack import state

        state.install()
    for patch in patches:
        patch.install()
    metrics.start()
    access.install()
    # Many connections at once need more than the 1024 files that most systems begin with.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    config = Config()
    config.bind = [f"unix:{socket}"]
    config.backlog = 1024
    # The gateway alone ends a connection: one that ends here just when it is used again loses a request.
    config.keep_alive_timeout = float("inf")
    config.keep_alive_max_requests = sys.maxsize
    config.loglevel = os.environ["LOG_LEVEL"]
    heap.settle()
    asyncio.run(serve_asgi(access.from_gateway(app), config))
