"""MiniStack reads back only the state that this machine has written: see engines/sealed.py.

The code of functions lies beside it, in files that are named by their hash; MiniStack takes them as they are.
"""

import asyncio
import hashlib
import json
import logging


def install() -> None:
    from ministack.core import persistence
    from ministack.services import lambda_svc

    from engines import sealed

    # Its functions open a file of state by this name.
    persistence.open = sealed.open_text
    read_code = lambda_svc._read_code_blob

    def checked(sha: str) -> bytes | None:
        code = read_code(sha)
        if code is not None and hashlib.sha256(code).hexdigest() != sha:
            lambda_svc.logger.error("the code of a function is not what was saved: %s", sha)
            return None
        return code

    lambda_svc._read_code_blob = checked


def save() -> str | None:
    """Writes what MiniStack holds, as it does at its end; returns what could not be written, or None."""
    from ministack import app
    from ministack.core import persistence

    faults = _Faults()
    persistence.logger.addHandler(faults)
    try:
        persistence.save_all(app._build_persistence_save_dict())
    finally:
        persistence.logger.removeHandler(faults)
    return "; ".join(faults.messages) or None


def load() -> None:
    """Fills MiniStack, which was emptied, from its files: first objects of S3, then all else, as at its start."""
    from ministack import app

    app._get_module("s3")._load_persisted_data()
    app._load_persisted_state()


class _Faults(logging.Handler):
    """MiniStack logs a service that cannot be saved, and goes on."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


async def handled(path: str, method: str) -> tuple | None:
    """What the gateway wants of the state; None for another path. Emptying is a path of MiniStack's own."""
    from ministack import app

    actions = {"/_ministack/groundplan/save": save, "/_ministack/groundplan/load": load}
    if method != "POST" or path not in actions:
        return None
    async with app._get_reset_lock():
        fault = await asyncio.to_thread(actions[path])
    status = 200 if fault is None else 409
    return status, {"Content-Type": "application/json"}, json.dumps({"message": fault}).encode()
