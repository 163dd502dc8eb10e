"""Runs one emulator, and ends it when the gateway that started it is gone.

Usage: emulator.py moto|ministack

The gateway holds the other end of standard input. When it ends, however it ends, the input closes,
and the emulator is asked to stop as by SIGTERM, so that it saves what it can.
"""

import os
import signal
import sys
import threading


def stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def serve_moto(port: int, state_file: str | None) -> None:
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
    from moto_turns import in_turn

    moto_alarms.start()
    application = in_turn(DomainDispatcherApplication(create_backend_app))
    if state_file is None:
        run_simple("127.0.0.1", port, application, threaded=True, request_handler=MotoRequestHandler)
        return

    from moto_state import State

    state = State(state_file)
    lost = state.load()
    if lost is not None:
        print(f"moto starts empty: its saved state cannot be read: {lost}", flush=True)
    threading.Thread(target=state.save_now_and_then, daemon=True).start()
    try:
        watched = state.watching(application)
        run_simple("127.0.0.1", port, watched, threaded=True, request_handler=MotoRequestHandler)
    finally:
        state.save()


def main() -> None:
    emulator = sys.argv.pop(1)
    threading.Thread(target=stop_with_parent, daemon=True).start()
    if emulator == "moto":
        serve_moto(int(os.environ["MOTO_PORT"]), os.environ.get("MOTO_STATE"))
    elif emulator == "ministack":
        from ministack.app import main as serve

        import ministack_api
        import ministack_lambda

        if os.environ.get("GROUNDPLAN_STATE_KEY"):
            import ministack_state

            ministack_state.install()
        ministack_lambda.install()
        ministack_api.install()
        serve()
    else:
        sys.exit(f"no emulator {emulator!r}: use moto or ministack")


if __name__ == "__main__":
    main()
