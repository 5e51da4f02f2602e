"""A stand-in for Telegram on loopback: the Bot API, people who write to the bot, and faults on demand.

Demo, tests and bench reach it through the bot library's base_url, so the bot's code is the same everywhere.
"""
