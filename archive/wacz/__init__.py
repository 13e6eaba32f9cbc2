"""Stories taken away whole, as a WACZ: their captures byte for byte, an index, pages, a manifest and its signature.

https://specs.webrecorder.net/wacz/1.1.1/ and https://specs.webrecorder.net/wacz-auth/0.1.0/
"""

from archive.wacz.pack import Packed, export
from archive.wacz.package import About
from archive.wacz.sign import Key, load_key

__all__ = ["About", "Key", "Packed", "export", "load_key"]
