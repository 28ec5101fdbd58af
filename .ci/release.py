"""Turns the working tree into that of a release: python .ci/release.py VERSION DATE >notes.md

Sets the version in all POMs, and cuts CHANGELOG.md: what is unreleased becomes the section of VERSION, which is
printed. If there is such a section already, it is only printed.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OPEN = "## Unreleased"


def cut(changelog, version, date):
    """The changelog with a section of the version, and the text of that section."""
    heading = re.compile(rf"^## {re.escape(version)}(?: [^\n]*)?$", re.MULTILINE)
    if not heading.search(changelog):
        changelog = changelog.replace(f"{OPEN}\n", f"{OPEN}\n\n## {version} ({date})\n", 1)
    match = re.search(rf"{heading.pattern}\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not match or not match[1].strip():
        sys.exit(f"CHANGELOG.md: nothing is said of {version} (expected: lines under {OPEN})")
    return changelog, match[1].strip() + "\n"


def set_version(pom, old, new):
    return pom.replace(f"<version>{old}</version>", f"<version>{new}</version>")


def main(version, date):
    if not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?", version):
        sys.exit(f"version: {version} (expected: such as 1.2.3 or 1.2.3-rc.1)")
    path = ROOT / "CHANGELOG.md"
    changelog, notes = cut(path.read_text(), version, date)
    path.write_text(changelog)
    old = re.search(r"<artifactId>bertserve</artifactId>\s*<version>(.*?)</version>", (ROOT / "pom.xml").read_text())[1]
    for pom in (ROOT / "pom.xml", *sorted(ROOT.glob("*/pom.xml"))):
        pom.write_text(set_version(pom.read_text(), old, version))
    print(notes, end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
