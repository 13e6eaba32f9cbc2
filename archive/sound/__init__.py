"""Whether a WARC of ours is sound, told fast: yes, or "look closely", which `archive.audit` then does.

Whatever is said to be sound here would pass there; a test holds the two against each other over every flipped byte.
These rooms know no heavy library: a process that looks at a part of a file starts in a few hundredths of a second.
"""
