"""Makes .venv and installs the locked, hashed packages in it: `python3 requirements/setup.py run|dev`."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main(kind: str) -> None:
    """Installs the set `run` (the product) or `dev` (with its checks); may be run twice."""
    if sys.version_info < (3, 11):
        sys.exit(f"Préau needs Python 3.11 or later; this is {sys.version.split()[0]}")
    if not PYTHON.exists():
        print("Making .venv", flush=True)
        try:
            venv.create(HOME, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit("This Python has no ensurepip (on Debian: install python3-venv), then run again")
    print(f"Installing the packages of requirements/{kind}.txt (first time: about a minute)", flush=True)
    pip("--require-hashes", "-r", str(ROOT / "requirements" / f"{kind}.txt"))
    pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    (HOME / ".run").touch()
    if kind == "dev":
        (HOME / ".dev").touch()


def pip(*arguments: str) -> None:
    """Runs pip in the .venv, its progress shown."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q", "--progress-bar", "on"]
    if subprocess.run([*command, *arguments], check=False, cwd=ROOT).returncode:
        sys.exit("The installation failed; nothing else was started. The reason stands above.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
