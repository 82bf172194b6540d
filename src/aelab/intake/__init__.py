"""What comes from outside: archives, picture files and arrays, read with limits and checked by their content.

Nothing here is trusted.  A member of an archive is never written under its own name, a size is checked
before memory is spent on it, and what cannot be read is named in one sentence.
"""
