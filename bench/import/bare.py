"""The limit: the same files through lxml's `iterparse`, nothing kept.

    python -m bench.import.bare FOLDER [values]

With `values`, each record's attributes are put in a dictionary: what any reader must at least do.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from lxml import etree


def main() -> None:
    """Reads every file of the folder; one JSON line."""
    folder, values = Path(sys.argv[1]), sys.argv[2:] == ["values"]
    began, cpu, count = time.monotonic(), time.process_time(), 0
    for file in sorted(folder.rglob("*.xml")):
        for _, record in etree.iterparse(
            str(file), tag="addRequest", load_dtd=False, resolve_entities=False
        ):
            if values:
                _ = {row.get("name"): [value.text for value in row] for row in record[2]}
            count += 1
            record.clear()
            root = record.getparent()
            while root is not None and record.getprevious() is not None:
                del root[0]
    told = {"records": count, "seconds": time.monotonic() - began}
    print(json.dumps({**told, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
