"""Pictures from the web, for a class of their own: an address list, Wikimedia Commons, or a gallery page.

What is collected lies in ``artifacts/collections/<name>/``, in a folder for each class beside the manifest that
says where each picture came from, until the import of folders makes a dataset of it.  Nothing private is ever
reached (`addresses`), nobody's server is hurried (`robots`), and an interrupted collection goes on (`manifest`).
"""

from aelab.collecting.addresses import ALLOW_LOOPBACK, Guard, PassingError
from aelab.collecting.collection import AddressList, Collection, Source, collect, root
from aelab.collecting.commons import CommonsSearch
from aelab.collecting.fetching import CONTACT, Client, Limits
from aelab.collecting.gallery import Gallery
from aelab.collecting.manifest import Found, Line, collected

__all__ = [
    "ALLOW_LOOPBACK",
    "CONTACT",
    "AddressList",
    "Client",
    "Collection",
    "CommonsSearch",
    "Found",
    "Gallery",
    "Guard",
    "Limits",
    "Line",
    "PassingError",
    "Source",
    "collect",
    "collected",
    "root",
]
