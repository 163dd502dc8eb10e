"""Spares moto what it does again and again, and what always comes to the same.

For each request it looks at each of its folders, tries the address of each of its services, and inspects the class of the
service. For each session of boto3, of which it makes one for a service here and there, the list of AWS's endpoints is read.
"""

import functools
import os

from botocore.loaders import JSONFileLoader
from moto import backends
from moto.core import responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

# Hosts whose service is remembered: a service in a Region is one.
MOST = 1024

# Files of botocore that every session reads, and none changes.
SHARED = ("endpoints", "partitions")


def install() -> None:
    read = JSONFileLoader.load_file
    read_once = functools.cache(functools.partial(read, JSONFileLoader()))

    def load_file(self, file_path):
        return read_once(file_path) if os.path.basename(file_path) in SHARED else read(self, file_path)

    JSONFileLoader.load_file = load_file
    modules = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    dispatcher = DomainDispatcherApplication
    dispatcher.get_backend_for_host = functools.lru_cache(MOST)(dispatcher.get_backend_for_host)
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
