"""The shelves as pywb plays them: one merged index, the addresses taken down, a config; rooms behind one door."""

from archive.replay.build import Replayed, block, build
from archive.replay.lines import LeftOut

__all__ = ["LeftOut", "Replayed", "block", "build"]
