"""Keep the translations in step with the code.

``python scripts/messages.py update`` brings every catalogue in `dashboard/locale/` up to date and compiles
it; ``update fr`` begins a new one. ``check`` names whatever is wrong with them, and changes nothing.

The compiled files are in the repository, because the dashboard reads them with the standard library
alone. Catalogues have neither dates nor line numbers, so that only a changed message changes them.
"""

from __future__ import annotations

import argparse
import ast
import re
import string
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "dashboard" / "locale"
SOURCES = (ROOT / "src" / "aelab", ROOT / "dashboard")

#: Where each function takes text: positions, and names of keywords.
TEXT_ARGUMENTS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "t": ((0,), ()),
    "N_": ((0,), ()),
    "LabError": ((0,), ()),
    "field": ((1, 2), ("label", "help", "unit")),
}
#: These say what they are about with a literal, since what is made while the lab runs cannot be translated before.
LITERAL_ONLY = ("N_", "LabError")

_MARKUP = {
    "bold": re.compile(r"\*\*"),
    "code": re.compile(r"`[^`]*`"),
    "LaTeX": re.compile(r"\$[^$]*\$"),
    "link": re.compile(r"\]\([^)]*\)"),
    "line break": re.compile(r"\n"),
    "space at the beginning or end": re.compile(r"^\s|\s$"),
    "sentence end": re.compile(r"[.:…?]$"),
}


def main() -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(description="Keep the translations in step with the code.")
    commands = parser.add_subparsers(dest="command", required=True)
    update_parser = commands.add_parser("update", help="take new messages up, drop unused ones, compile")
    update_parser.add_argument(
        "languages", nargs="*", type=_language, metavar="LANGUAGE", help="new languages to begin, such as fr"
    )
    commands.add_parser("check", help="name what is missing, unused or wrong")
    arguments = parser.parse_args()
    if arguments.command == "check":
        faults = check()
        print("\n".join(faults) or "Every message is translated.")
        return 1 if faults else 0
    for language in sorted({*languages(), *arguments.languages}):
        update(language)
    return 0


def _language(code: str) -> str:
    """Return the code of a language that Babel knows; the dashboard looks for the short one."""
    try:
        return Locale.parse(code).language
    except (ValueError, UnknownLocaleError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def languages() -> list[str]:
    """Return the codes of the languages that have a catalogue."""
    return sorted(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/aelab.po"))


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language is; the compiled one lies beside it."""
    return LOCALE / language / "LC_MESSAGES" / "aelab.po"


# What the code says


def messages() -> tuple[set[str], list[str]]:
    """Return every message in the code, and a line for each call whose text cannot be extracted."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8")) for root in SOURCES for path in sorted(root.rglob("*.py"))
    }
    errors = _subclasses(trees.values(), "LabError")
    found: set[str] = set()
    faults: list[str] = []
    for path, tree in trees.items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = _name(call.func)
            for argument in _texts(call, "LabError" if name in errors else name):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
                elif name in errors or name in LITERAL_ONLY or isinstance(argument, ast.JoinedStr | ast.BinOp):
                    where = f"{path.relative_to(ROOT).as_posix()}:{argument.lineno}"
                    faults.append(f"{where}: {name} takes a literal, so that it can be translated")
    return found - {""}, faults


def _subclasses(trees: Iterable[ast.Module], base: str) -> set[str]:
    """Return the names of a class and of those derived from it."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names = {base}
    while more := {each.name for each in classes if names & {_name(parent) for parent in each.bases}} - names:
        names |= more
    return names


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _texts(call: ast.Call, name: str) -> list[ast.expr]:
    positions, keywords = TEXT_ARGUMENTS.get(name, ((), ()))
    return [call.args[position] for position in positions if position < len(call.args)] + [
        keyword.value for keyword in call.keywords if keyword.arg in keywords
    ]


# Catalogues


def update(language: str) -> None:
    """Bring one catalogue in step with the code, compile it, and say what changed."""
    path = catalogue_path(language)
    wanted, _ = messages()
    before = _read(path) if path.exists() else {}
    catalogue = Catalog(locale=language)
    for text in sorted(wanted):
        old = before.get(text)
        if old is None:
            catalogue.add(text)
        else:
            catalogue.add(text, old.string, flags=old.flags & {"fuzzy"}, user_comments=old.user_comments)
    for text in sorted(before.keys() - wanted):
        print(f"{language}: dropped {text!r}, which was {before[text].string!r}")
    if waiting := sum(not catalogue[text].string for text in wanted):
        print(f"{language}: {waiting} messages to be translated in {path.relative_to(ROOT)}")
    _write(path, catalogue)
    if not _is_compiled(path):
        _compile(path)


def _read(path: Path) -> dict[str, Message]:
    """Return the messages of a catalogue, those that are no longer used included."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    return {message.id: message for message in [*catalogue, *catalogue.obsolete.values()] if message.id}


def _write(path: Path, catalogue: Catalog) -> None:
    for message in catalogue:
        message.flags &= {"fuzzy"}  # Babel takes "{percent} % of" for C's format
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(
            f"# AE Lab in {Locale.parse(catalogue.locale).english_name}.\n"
            "# Write into msgstr, then run: python scripts/messages.py update\n"
            'msgid ""\n'
            'msgstr ""\n'
            f'"Language: {catalogue.locale}\\n"\n'
            '"MIME-Version: 1.0\\n"\n'
            '"Content-Type: text/plain; charset=utf-8\\n"\n'
            '"Content-Transfer-Encoding: 8bit\\n"\n'
            "\n".encode()
        )
        write_po(file, catalogue, width=110, omit_header=True, sort_output=True)


def _compile(path: Path) -> None:
    with path.open("rb") as source, path.with_suffix(".mo").open("wb") as file:
        write_mo(file, read_po(source))


def _is_compiled(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        return False
    with compiled.open("rb") as file:
        there = {message.id: message.string for message in read_mo(file) if message.id}
    return there == {id_: each.string for id_, each in _read(path).items() if each.string and not each.fuzzy}


# What is wrong


def check() -> list[str]:
    """Return a line for everything that is wrong with the messages or their translations."""
    wanted, faults = messages()
    for language in languages():
        path = catalogue_path(language)
        there = _read(path)
        lines = [f"missing: {text!r}" for text in sorted(wanted - there.keys())]
        lines += [f"not used any more: {text!r}" for text in sorted(there.keys() - wanted)]
        for text in sorted(wanted & there.keys()):
            lines += [f"{fault}: {text!r}" for fault in faults_of(there[text])]
        if not _is_compiled(path):
            lines.append("aelab.mo is out of date: run python scripts/messages.py update")
        faults += [f"{language}: {line}" for line in lines]
    return faults


def faults_of(message: Message) -> list[str]:
    """Return what is wrong with the translation of one message."""
    source, translation = str(message.id), str(message.string or "")
    if not translation:
        return ["not translated"]
    faults = ["fuzzy"] if message.fuzzy else []
    if _placeholders(source) != _placeholders(translation):
        faults.append(f"other values in {{}} in {translation!r}")
    return faults + [
        f"other {what} in {translation!r}"
        for what, pattern in _MARKUP.items()
        if Counter(pattern.findall(source)) != Counter(pattern.findall(translation))
    ]


def _placeholders(text: str) -> set[str] | str:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
