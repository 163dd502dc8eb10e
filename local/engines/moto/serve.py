"""Serves moto as its own command does, and keeps what it holds in the file that MOTO_STATE names."""

import os
import signal
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

from engines import heap
from engines.moto import dispatch
from engines.moto.access import from_gateway
from engines.moto.requests import RequestHandler
from engines.moto.turns import in_turn


def serve(socket: str, patches: list) -> None:
    def stop(_signal: int, _frame: object) -> None:
        # Asked once is enough: a second signal would end the saving.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        sys.exit(0)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    dispatch.install()
    for patch in patches:
        patch.install()
    application = in_turn(DomainDispatcherApplication(create_backend_app))
    address = f"unix://{socket}"
    state_file = os.environ.get("MOTO_STATE")
    if state_file is None:
        heap.settle()
        run_simple(address, 0, from_gateway(application), threaded=True, request_handler=RequestHandler)
        return

    from engines.moto.state import State

    state = State(state_file)
    lost = state.load()
    if lost is not None:
        print(f"moto starts empty: its saved state cannot be read: {lost}", flush=True)
    heap.settle()
    threading.Thread(target=state.save_now_and_then, daemon=True).start()
    try:
        watched = from_gateway(state.handled(state.watching(application)))
        run_simple(address, 0, watched, threaded=True, request_handler=RequestHandler)
    finally:
        state.save()
