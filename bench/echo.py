"""`python -m bench.echo`: the least bot there can be, python-telegram-bot as it comes."""

import os

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def _echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    if message is not None and message.text:
        await message.reply_text(message.text)


def main() -> None:
    """Answer until SIGTERM."""
    server, token = os.environ["BENCH_BOT_API"], os.environ["BENCH_BOT_TOKEN"]
    app = ApplicationBuilder().token(token).base_url(f"{server}/bot").build()
    app.add_handler(MessageHandler(filters.TEXT, _echo))
    app.run_polling()


if __name__ == "__main__":
    main()
