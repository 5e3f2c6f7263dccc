"""`python -m preau` is the command `preau`."""

from preau.cli import main

if __name__ == "__main__":
    main()
