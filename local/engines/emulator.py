"""Runs one emulator, and ends it when the gateway that started it is gone.

Usage: emulator.py moto|ministack [patch …]

A patch is a Python module of a service, such as `services.lambda.patch`, whose `install()` changes the emulator before
it starts: `groundplan local` names those that `services/index.ts` registers.

It listens on the Unix socket that GROUNDPLAN_SOCKET names, in a folder of this user alone: no port, so that no page in
a browser and no other user reaches it past the gateway.

The gateway holds the other end of standard input. When it ends, however it ends, the input closes,
and the emulator is asked to stop as by SIGTERM, so that it saves what it can.
"""

import contextlib
import gc
import importlib
import os
import signal
import sys
import threading
from pathlib import Path

# Modules are named from this package's folder; from this one, `moto` would be the folder beside.
sys.path[0] = str(Path(__file__).resolve().parent.parent)


def stop_with_parent() -> None:
    # Not by sys.stdin: a thread that waits there holds its lock, and Python, which wants it at its end, then aborts.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    emulator, *patches = sys.argv[1:]
    del sys.argv[1:]
    threading.Thread(target=stop_with_parent, daemon=True).start()
    socket = os.environ["GROUNDPLAN_SOCKET"]
    # A start makes a million objects and no garbage: a third of its time went into looking for some.
    gc.disable()
    try:
        if emulator not in ("moto", "ministack"):
            sys.exit(f"no emulator {emulator!r}: use moto or ministack")
        serve = importlib.import_module(f"engines.{emulator}.serve").serve
        serve(socket, [importlib.import_module(patch) for patch in patches])
    finally:
        # The folder is of this start alone; the second of the two emulators finds it empty.
        Path(socket).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            Path(socket).parent.rmdir()


if __name__ == "__main__":
    main()
