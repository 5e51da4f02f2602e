"""A restart with a store goes on where it ended."""

import os
import subprocess
import sys
from pathlib import Path

from telegram import Bot

from bot.emulator.threaded import running
from tests.bot.emulator.people import Human, call, picture, text64, with_bot


def test_people_messages_files_and_unconfirmed_updates_survive(tmp_path: Path) -> None:
    with running(store=tmp_path, limits=False) as emulator:
        amina = Human.who_started(emulator)
        amina.do("send", photo=text64(picture()))

        async def before(bot: Bot) -> None:
            message = await bot.send_message(amina.id, "alt")
            await message.edit_text("neu")
            gone = await bot.send_message(amina.id, "weg")
            await gone.delete()
            await bot.set_my_name("Mitwirken")
            first = (await bot.get_updates())[0].update_id
            await bot.get_updates(offset=first + 1)

        with_bot(emulator, before)
        seen, next_id = amina.chat(), emulator.state.updates.next_id
    with running(store=tmp_path, limits=False) as emulator:
        amina.url = f"{emulator.url}/user/{amina.id}"
        assert amina.chat() == seen

        async def after(bot: Bot) -> None:
            (update,) = await bot.get_updates()
            assert update.message is not None
            file = await bot.get_file(update.message.photo[-1].file_id)
            assert (await file.download_as_bytearray())[:2] == b"\xff\xd8"
            assert (await bot.get_my_name()).name == "Mitwirken"
            assert (await bot.send_message(amina.id, "weiter")).message_id == 5

        with_bot(emulator, after)
        assert emulator.state.updates.next_id == next_id
        assert Human.meet(emulator, "Boris").id == amina.id + 1


def test_a_cut_last_line_costs_only_itself(tmp_path: Path) -> None:
    with running(store=tmp_path) as emulator:
        amina = Human.who_started(emulator)
    with (tmp_path / "emulator.jsonl").open("a") as file:
        file.write('["person", "71')
    with running(store=tmp_path) as emulator:
        assert list(emulator.state.people) == [amina.id]


def test_the_command_says_where_it_listens_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "bot.emulator", "--port", "0", "--token", "5:secret-part", "--no-limits"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[-1].rstrip("/")
        assert call(f"{url}/bot5:secret-part/getMe")[1]["result"]["id"] == 5
        process.terminate()
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "secret-part" not in line + out + errors
