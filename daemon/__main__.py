"""`python -m bandmate.daemon` is `bandmate`."""

from bandmate.daemon.cli import main

if __name__ == "__main__":
    main(prog_name="bandmate")
