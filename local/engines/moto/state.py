"""Keeps what moto holds over a restart.

moto itself keeps nothing. Its backends are plain Python objects in one process, so they are written as
they are and read back: every id stays what it was. A reference from one backend to another is written
as a name, so that it meets that backend again and not a copy.

A pickle runs what it names. So the file is signed by this machine, and one that is not is not read: see engines/sealed.py.
A file of another moto or Python is not read either: its objects may have another shape. It is kept beside,
with a note, and moto starts empty.
"""

import collections
import functools
import importlib
import io
import json
import marshal
import os
import pickle
import platform
import threading
import time
import types
from importlib.metadata import version

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend, backend_lock
from moto.core.model_instances import reset_model_data

from engines import sealed
from engines.moto.turns import TURN

WRITTEN_BY = f"moto {version('moto')}, Python {platform.python_version()}"

# Paths by which the gateway saves and replaces the state.
OWN = "/moto-api/groundplan/"

# Seconds between two looks whether there is something to save.
INTERVAL = 5


class State:
    """What moto holds, and the file in which it is kept."""

    def __init__(self, path):
        self.path = path
        self.changes = 0
        self.saved = 0
        self.suspended = False
        self.lock = threading.Lock()

    def load(self):
        """Fills moto from the file; returns why it could not, or None."""
        if not os.path.exists(self.path):
            return None
        try:
            file = io.BytesIO(sealed.read(self.path))
            written_by = pickle.load(file)
            if written_by != WRITTEN_BY:
                raise ValueError(f"it is of {written_by}, and this is {WRITTEN_BY}")
            for place, content in _Unpickler(file).load():
                _find(*place).__dict__ = content
            for backend in _held():
                # One that another names, and that had nothing of its own.
                if not backend.__dict__:
                    raise ValueError(f"it names {type(backend).__name__}, and does not hold it")
        except sealed.ForeignState as error:
            return str(error)
        except Exception as error:  # Whatever is wrong with the file, moto can start without it.
            _empty()
            os.replace(self.path, self.path + ".unreadable")
            return f"{type(error).__name__}: {error}"
        return None

    def save(self):
        """Writes the file, if anything has changed: whole, or not at all."""
        with self.lock:
            changes = self.changes
            if changes == self.saved or self.suspended:
                return
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            self._write()
            self.saved = changes

    def _write(self):
        file = io.BytesIO()
        pickle.dump(WRITTEN_BY, file)
        with TURN:
            _Pickler(file, protocol=5).dump([(_place(one), one.__dict__) for one in _held()])
        sealed.write(self.path, file.getvalue())

    def save_now_and_then(self):
        """Saves in the background, while moto runs, when it has been quiet for a while."""
        seen = 0
        while True:
            time.sleep(INTERVAL)
            if self.changes == seen:
                try:
                    self.save()
                except Exception as error:
                    print(f"moto's state is not saved: {type(error).__name__}: {error}", flush=True)
            seen = self.changes

    def suspend(self):
        """Empties moto and writes nothing more, until `resume`: meanwhile its file is replaced."""
        with self.lock, TURN:
            self.suspended = True
            _empty()

    def resume(self):
        """Fills moto from the file; returns why it could not, or None."""
        with self.lock, TURN:
            lost = self.load()
            self.suspended = False
            self.saved = self.changes
            return lost

    def handled(self, application):
        """A WSGI application that answers what the gateway wants of the state."""
        actions = {f"{OWN}{name}": getattr(self, name) for name in ("save", "suspend", "resume")}

        def answered(environ, start_response):
            path = environ.get("PATH_INFO", "")
            action = actions.get(path) if environ["REQUEST_METHOD"] == "POST" else None
            # A service may have paths of its own there: /moto-api/groundplan/instances.
            if action is None:
                return application(environ, start_response)
            try:
                fault = action()
            except Exception as error:
                fault = f"{type(error).__name__}: {error}"
            body = json.dumps({"message": fault}).encode()
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start_response("200 OK" if fault is None else "409 Conflict", headers)
            return [body]

        return answered

    def watching(self, application):
        """A WSGI application that counts the requests that may change something."""

        def watched(environ, start_response):
            try:
                return application(environ, start_response)
            finally:
                if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
                    self.changes += 1

        return watched


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        if isinstance(obj, BaseBackend):
            return _place(obj)
        if isinstance(obj, AccountSpecificBackend):
            return (obj.backend.__module__, obj.backend.__name__, obj.account_id)
        if isinstance(obj, BackendDict):
            return (obj.backend.__module__, obj.backend.__name__)
        return None

    def reducer_override(self, obj):
        """Writes what the standard library cannot: locks, functions without a name, some dictionaries."""
        if isinstance(obj, LOCKS):
            return (threading.RLock if isinstance(obj, LOCKS[0]) else threading.Lock, ())
        if isinstance(obj, types.FunctionType) and "<" in obj.__qualname__:
            cells = [cell.cell_contents for cell in obj.__closure__ or ()]
            code = marshal.dumps(obj.__code__)
            return (_function, (code, obj.__module__, obj.__qualname__, obj.__defaults__, cells))
        if isinstance(obj, collections.defaultdict) and type(obj) is not collections.defaultdict:
            # The standard way calls the class with a factory, which moto's own do not take.
            items = list(dict.items(obj))
            return (_dictionary, (type(obj),), (obj.default_factory, items, vars(obj)), None, None, _fill)
        # Certificates of ACM hold objects of OpenSSL; their text is the same everywhere.
        if isinstance(obj, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            return (_private_key, (obj.private_bytes(PEM, PrivateFormat.PKCS8, NoEncryption()),))
        if isinstance(obj, x509.Certificate):
            return (_certificate, (obj.public_bytes(PEM),))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid):
        return _find(*pid)


PEM = Encoding.PEM

LOCKS = (type(threading.RLock()), type(threading.Lock()))


def _function(code, module, name, defaults, cells):
    scope = vars(importlib.import_module(module))
    closure = tuple(types.CellType(cell) for cell in cells)
    function = types.FunctionType(marshal.loads(code), scope, name.rpartition(".")[2], defaults, closure)
    function.__qualname__ = name
    return function


def _private_key(text):
    return load_pem_private_key(text, password=None)


def _certificate(text):
    return x509.load_pem_x509_certificate(text)


def _dictionary(kind):
    return kind.__new__(kind)


def _fill(dictionary, state):
    dictionary.default_factory, items, attributes = state
    vars(dictionary).update(attributes)
    for key, value in items:
        dict.__setitem__(dictionary, key, value)


def _held():
    """Every backend that a request has reached."""
    return [
        backend
        for service in list(BackendDict._instances)
        for in_account in list(service.values())
        for backend in list(in_account.values())
    ]


def _place(backend):
    """Where a backend stands: its class, the account and the Region."""
    kind = type(backend)
    return (kind.__module__, kind.__name__, backend.account_id, backend.region_name)


def _find(module, kind, *place):
    """The backend, or the dictionary of backends, at a place.

    A backend that is missing is made without content, which is read next: IAM's own beginning, with all policies of AWS,
    takes half a second.
    """
    found = _backends(module, kind)
    for key in place[:1]:
        found = found[key]
    for region in place[1:]:
        if region not in found.keys():
            dict.__setitem__(found, region, found.backend.__new__(found.backend))
        found = dict.__getitem__(found, region)
    return found


@functools.cache
def _backends(module, kind):
    for found in vars(importlib.import_module(module)).values():
        if isinstance(found, BackendDict) and found.backend.__name__ == kind:
            return found
    raise LookupError(f"no backends of {module}.{kind}")


def _empty():
    """Forgets every backend. moto's own reset first begins each anew, which nobody needs."""
    with backend_lock:
        for service in BackendDict._instances:
            service.clear()
        BackendDict._instances.clear()
    reset_model_data()
