"""How the bot presents itself in the app: its name, its description, its commands, per language."""

import logging

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.commands import COMMANDS
from models import regions
from models.db import Database
from translations import SOURCE, _, catalogues

LONGEST_NAME, LONGEST_SHORT, LONGEST_DESCRIPTION = 64, 120, 512
DESCRIPTION = _(
    "Take part in the working groups of your region, in your language. Press “Start”: it takes one minute."
)
SHORT = _("Take part in the working groups of {region}.")
log = logging.getLogger(__name__)


def languages() -> dict[str, str]:
    """Return Telegram's two-letter codes with our tags; the empty code is for everybody else."""
    own = {entry.tag: entry.tag for entry in catalogues.offered() if len(entry.tag) == 2}
    return {"": SOURCE, **own}


def region_name(db: Database) -> str:
    """Return the region's name."""
    with db.reading() as session:
        return regions.the_region(session).name


async def publish(bot: Bot, region: str) -> None:
    """Tell Telegram what has changed of the bot's appearance; best effort, for it limits such changes."""
    try:
        await _name(bot, region[:LONGEST_NAME])
        for code, tag in languages().items():
            await _commands(bot, code, tag)
            await _descriptions(bot, code, tag, region)
    except TelegramError as error:
        log.warning("The bot's appearance was not brought up to date: %s", error)


async def _name(bot: Bot, name: str) -> None:
    if name and (await bot.get_my_name()).name != name:
        await bot.set_my_name(name)


async def _commands(bot: Bot, code: str, tag: str) -> None:
    wanted = [BotCommand(name, words.to(tag)) for name, words in COMMANDS]
    if list(await bot.get_my_commands(language_code=code or None)) != wanted:
        await bot.set_my_commands(wanted, language_code=code or None)


async def _descriptions(bot: Bot, code: str, tag: str, region: str) -> None:
    key = code or None
    whole = DESCRIPTION.to(tag)[:LONGEST_DESCRIPTION]
    if (await bot.get_my_description(language_code=key)).description != whole:
        await bot.set_my_description(whole, language_code=key)
    short = SHORT(region=region).to(tag)[:LONGEST_SHORT]
    if (await bot.get_my_short_description(language_code=key)).short_description != short:
        await bot.set_my_short_description(short, language_code=key)
