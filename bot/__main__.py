"""The bot alone, in the foreground: `python -m bot`."""

import asyncio
import logging
import signal

from bot import service
from models.opening import open_database
from models.settings import Settings


async def main() -> None:
    """Run until SIGINT or SIGTERM."""
    settings = Settings()
    db = open_database(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        await service.run(settings, db, stop)
    finally:
        db.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(main())
