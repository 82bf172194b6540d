"""Files that did not become pictures; the import left them out and said why."""

from __future__ import annotations

from collections.abc import Iterator

from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import N_
from aelab.fields import Config


def find(subject: Subject, config: Config) -> Iterator[Group]:
    """Return a group without pictures for each sentence of the import's report."""
    return (Group((), 0.0, (), sentence) for sentence in subject.unreadable)


SPEC = CheckSpec(
    name="unreadable",
    label=N_("Unreadable"),
    definition=N_(
        "A file that is damaged, too large, or no picture at all. The import has left it out already; nothing of it "
        "is in the dataset."
    ),
    severity=10,
    config=Config,
    find=find,
)
