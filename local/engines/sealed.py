"""Files that only this machine has written: each begins with a signature by a key that lies outside any checkout.

What is read back into an emulator becomes objects and code: a pickle runs what it names, a function's code runs when a
queue holds a message for it. So a state file that came with a checkout is not read. It is kept beside, with the ending
`.unreadable`, and the emulator starts without it; `groundplan local status` names it.
"""

import hashlib
import hmac
import io
import os
import stat

MAGIC = b"groundplan-state-1 "
_DIGITS = hashlib.sha256().digest_size * 2
_HEAD = len(MAGIC) + _DIGITS + 1


class ForeignState(OSError):
    """A state file without a signature of this machine."""


def _key() -> bytes:
    with open(os.environ["GROUNDPLAN_STATE_KEY"], "rb") as file:
        key = file.read()
    if len(key) < 32:
        raise ValueError("the key that signs state is too short")
    return key


def _signature(content: bytes) -> bytes:
    return hmac.new(_key(), content, hashlib.sha256).hexdigest().encode()


def write(path: str, content: bytes) -> None:
    """Writes a file whole, or not at all."""
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(MAGIC + _signature(content) + b"\n")
            file.write(content)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def _plain(path: str) -> bytes:
    """What a plain file holds; nothing of a link, a pipe or a device, for which nobody waits."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return b""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return file.read()


def read(path: str) -> bytes:
    """The content of a file of this machine. One of another is set aside: ForeignState."""
    whole = _plain(path)
    head, content = whole[:_HEAD], whole[_HEAD:]
    signed = head.startswith(MAGIC) and head.endswith(b"\n")
    if signed and hmac.compare_digest(head[len(MAGIC) : -1], _signature(content)):
        return content
    os.replace(path, path + ".unreadable")
    raise ForeignState(f"{path} was not written on this machine, and is kept as {path}.unreadable")


class _Text(io.StringIO):
    """A text file that is sealed when it is closed."""

    def __init__(self, path: str):
        super().__init__()
        self._path = path

    def close(self) -> None:
        if not self.closed:
            write(self._path, self.getvalue().encode())
        super().close()


def open_text(path: str, mode: str = "r"):
    """In place of `open` for the text files of an emulator's state."""
    if mode == "r":
        return io.StringIO(read(path).decode())
    if mode == "w":
        return _Text(path)
    raise ValueError(f"sealed files have no mode {mode!r}")
