"""The one room that takes bytes off the shelves for good: a story or an address, and nothing else with it.

First all is worked out, then a tombstone is written to the ledger, then it is carried out. Whoever finds it half done
goes on: the same command, and every program that opens the catalog, reads or rebuilds.
"""
