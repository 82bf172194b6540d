"""The view of groups found in the codes, held against the classes."""
