"""python -m bot.courier: bring letters to people until SIGTERM or SIGINT."""

import asyncio
import logging
import signal
import sys

from pydantic import ValidationError

from bot.courier.service import run
from models.opening import open_database
from models.settings import Settings


async def serve(settings: Settings) -> None:
    """Run until told to stop; the letter under way is finished first."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    db = open_database(settings)
    try:
        await run(settings, db, stop)
    finally:
        db.close()


def main() -> int:
    """Read the settings and run; 1 when they are wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = Settings()
    except ValidationError as error:
        names = ", ".join(f"MITWIRKEN_{one['loc'][0]}".upper() for one in error.errors() if one["loc"])
        sys.stderr.write(f"These settings are wrong: {names}\n")
        return 1
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
