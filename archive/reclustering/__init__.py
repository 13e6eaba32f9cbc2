"""All stories linked anew, as steps over parts of them that many processes may do: the same as arrival by arrival.

Steps read the catalog and leave files for the steps after them; only the last one writes to it, all or nothing.
"""
