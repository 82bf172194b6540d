"""What is wrong with a trained run, one rule a file: a plain sentence, its evidence, and what to try."""

from __future__ import annotations

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.registry import Registry

__all__ = ["Case", "Finding", "RuleSpec", "diagnose", "rules"]

rules: Registry[RuleSpec] = Registry(__name__, RuleSpec, "rule")


def diagnose(case: Case) -> list[Finding]:
    """Return what every rule finds, the most telling first."""
    return [finding for rule in rules for finding in [rule.find(case)] if finding is not None]
