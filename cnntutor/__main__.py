"""`python -m cnntutor` is `cnntutor`."""

from cnntutor.cli import main

if __name__ == "__main__":
    main()
