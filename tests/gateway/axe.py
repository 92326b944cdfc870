"""axe-core on a page, for WCAG 2.2 AA."""

import os
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from care.settings import ROOT

SCRIPT = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200))]);
}"""
# Of the page around, which is not the window's.
NOT_OURS = {"page-has-heading-one", "landmark-one-main"}


@cache
def _script() -> str:
    if not SCRIPT.exists():
        if os.environ.get("CI"):
            pytest.fail("axe-core must be installed in CI: make check")
        pytest.skip("axe-core is not installed on this machine: its tests did NOT run")
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page) -> list[Any]:
    page.evaluate(_script())
    found: list[Any] = page.evaluate(RUN)
    return [violation for violation in found if violation[0] not in NOT_OURS]
