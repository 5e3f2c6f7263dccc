"""What the fictional Net'École, Net'circo and NetCollège have in common.

They take complete files from a folder and answer by a report beside them, and say French events.
No schema of these products was found: all of it is assumed [A], as `connectors/netecole/README.md`
says event by event.
"""
