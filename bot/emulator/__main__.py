"""python -m bot.emulator: an emulator of its own, with a chat page in the browser."""

import argparse
import sys
from pathlib import Path

from bot.emulator.hub import DEFAULT_TOKEN, DEFAULT_USERNAME, Options
from bot.emulator.server import run


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bot.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    parser.add_argument("--username", default=DEFAULT_USERNAME)
    parser.add_argument("--store", type=Path, help="folder in which everything survives a restart")
    parser.add_argument("--no-limits", action="store_true", help="let the bot send as fast as it can")
    return parser.parse_args()


def main() -> int:
    """Run until stopped; 1 when the port is taken."""
    args = arguments()
    options = Options(token=args.token, username=args.username, store=args.store, limits=not args.no_limits)

    def tell(url: str) -> None:
        sys.stdout.write(f"Chat page: {url}/\nBot API:   {url}/bot<token>/METHOD\n")
        sys.stdout.flush()

    try:
        run(options, args.host, args.port, tell)
    except OSError as error:
        sys.stderr.write(f"The emulator cannot listen on {args.host}:{args.port}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
