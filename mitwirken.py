"""The front door: every command of mitwirken. What each does is in the package `commands`."""

from commands.door import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
