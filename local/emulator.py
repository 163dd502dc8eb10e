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


def main() -> None:
    emulator = sys.argv.pop(1)
    threading.Thread(target=stop_with_parent, daemon=True).start()
    if emulator == "moto":
        from moto.server import main as serve

        serve(["--host", "127.0.0.1", "--port", os.environ["MOTO_PORT"]])
    elif emulator == "ministack":
        from ministack.app import main as serve

        serve()
    else:
        sys.exit(f"no emulator {emulator!r}: use moto or ministack")


if __name__ == "__main__":
    main()
