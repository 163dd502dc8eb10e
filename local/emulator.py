"""Runs one emulator, and ends it when the gateway that started it is gone.

Usage: emulator.py moto|ministack

It listens on the Unix socket that GROUNDPLAN_SOCKET names, in a folder of this user alone: no port, so that no page in
a browser and no other user reaches it past the gateway.

The gateway holds the other end of standard input. When it ends, however it ends, the input closes,
and the emulator is asked to stop as by SIGTERM, so that it saves what it can.
"""

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path


def stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def serve_moto(socket: str, state_file: str | None) -> None:
    """Serves moto as its own command does, and keeps what it holds in a file if one is given."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import run_simple

    def stop(_signal: int, _frame: object) -> None:
        # Asked once is enough: a second signal would end the saving.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        sys.exit(0)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    import moto_alarms
    from moto_access import from_gateway
    from moto_turns import in_turn

    moto_alarms.start()
    application = from_gateway(in_turn(DomainDispatcherApplication(create_backend_app)))
    address = f"unix://{socket}"
    if state_file is None:
        run_simple(address, 0, application, threaded=True, request_handler=MotoRequestHandler)
        return

    from moto_state import State

    state = State(state_file)
    lost = state.load()
    if lost is not None:
        print(f"moto starts empty: its saved state cannot be read: {lost}", flush=True)
    threading.Thread(target=state.save_now_and_then, daemon=True).start()
    try:
        watched = state.watching(application)
        run_simple(address, 0, watched, threaded=True, request_handler=MotoRequestHandler)
    finally:
        state.save()


def serve_ministack(socket: str) -> None:
    """Serves MiniStack as its own command does."""
    import asyncio
    import resource

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    import ministack_access
    import ministack_api
    import ministack_lambda

    if os.environ.get("GROUNDPLAN_STATE_KEY"):
        import ministack_state

        ministack_state.install()
    ministack_lambda.install()
    ministack_api.install()
    ministack_access.install()
    # Many connections at once need more than the 1024 files that most systems begin with.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    config = Config()
    config.bind = [f"unix:{socket}"]
    config.backlog = 1024
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.run(serve(ministack_access.from_gateway(app), config))


def main() -> None:
    emulator = sys.argv.pop(1)
    threading.Thread(target=stop_with_parent, daemon=True).start()
    socket = os.environ["GROUNDPLAN_SOCKET"]
    try:
        if emulator == "moto":
            serve_moto(socket, os.environ.get("MOTO_STATE"))
        elif emulator == "ministack":
            serve_ministack(socket)
        else:
            sys.exit(f"no emulator {emulator!r}: use moto or ministack")
    finally:
        # The folder is of this start alone; the second of the two emulators finds it empty.
        Path(socket).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            Path(socket).parent.rmdir()


if __name__ == "__main__":
    main()
