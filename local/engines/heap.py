"""What an emulator is made of, which stays as long as it runs."""

import gc


def settle() -> None:
    """Called when an emulator is ready: from now on garbage is collected, and what is there by now is not looked at for it."""
    gc.freeze()
    gc.enable()
