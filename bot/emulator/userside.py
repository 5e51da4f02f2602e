"""The people's side by HTTP: what tests, the demo and the chat page call. All answers are JSON."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.emulator import actions, gatherings, view
from bot.emulator.errors import Json, PersonError
from bot.emulator.hub import Emulator
from bot.emulator.state import Chat, Person

STATIC = Path(__file__).parent / "static"
PAGE_FILES = {"/": "chat.html", "/chat.css": "chat.css", "/chat.js": "chat.js", "/bubbles.js": "bubbles.js"}
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "audio/ogg", "audio/mpeg", "audio/webm"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(body: Any, status: int = 200) -> web.Response:
    """A JSON answer that nobody keeps."""
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})


async def body_of(request: web.Request) -> Json:
    """The request's JSON object, {} for an empty body."""
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise PersonError("The body must be JSON.") from None
    if not isinstance(body, dict):
        raise PersonError("The body must be a JSON object.")
    return body


class UserSide:
    """The handlers of one emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def routes(self) -> list[web.RouteDef]:
        """All addresses of this side."""
        acts: dict[str, Handler] = {
            "/user": self.add,
            "/user/{id}/send": self.send,
            "/user/{id}/start": self.start,
            "/user/{id}/press": self.press,
            "/user/{id}/edit": self.edit,
            "/user/{id}/block": self.block,
            "/user/{id}/unblock": self.unblock,
            "/group": self.add_group,
            "/group/{id}/add": self.add_bot,
            "/group/{id}/send": self.write_in_group,
            "/group/{id}/remove": self.remove_bot,
            "/group/{id}/upgrade": self.upgrade,
            "/fault": self.fault,
        }
        looks: dict[str, Handler] = {
            "/user/{id}/chat": self.chat,
            "/group/{id}/chat": self.group_chat,
            "/users": self.people,
            "/stats": self.stats,
            "/media/{file_id}": self.media,
            "/bot.json": self.about,
            **dict.fromkeys(PAGE_FILES, self.page),
        }
        posts = [web.post(path, self.guarded(handler)) for path, handler in acts.items()]
        return [*posts, *(web.get(path, self.guarded(handler)) for path, handler in looks.items())]

    def guarded(self, handler: Handler) -> Handler:
        """Turn what a person cannot do into a JSON answer with words."""

        async def guard(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except PersonError as error:
                return answer({"error": error.words}, error.status)

        return guard

    def person(self, request: web.Request) -> Person:
        """The person whom the address names."""
        return self.emulator.state.person(request.match_info["id"])

    async def add(self, request: web.Request) -> web.StreamResponse:
        """POST /user"""
        return answer({"id": actions.add_person(self.emulator, await body_of(request)).id})

    async def send(self, request: web.Request) -> web.StreamResponse:
        """POST /user/ID/send"""
        return answer(actions.send(self.emulator, self.person(request), await body_of(request)))

    async def start(self, request: web.Request) -> web.StreamResponse:
        """POST /user/ID/start {"code"}: a deep link, held to Telegram's rules for codes"""
        code = str((await body_of(request)).get("code") or "")
        return answer(actions.start(self.emulator, self.person(request), code))

    async def press(self, request: web.Request) -> web.StreamResponse:
        """POST /user/ID/press"""
        return answer(actions.press(self.emulator, self.person(request), await body_of(request)))

    async def edit(self, request: web.Request) -> web.StreamResponse:
        """POST /user/ID/edit"""
        return answer(actions.edit(self.emulator, self.person(request), await body_of(request)))

    async def block(self, request: web.Request) -> web.StreamResponse:
        """POST /user/ID/block"""
        actions.set_blocked(self.emulator, self.person(request), blocked=True)
        return answer({"blocked": True})

    async def unblock(self, request: web.Request) -> web.StreamResponse:
        """POST /user/ID/unblock"""
        actions.set_blocked(self.emulator, self.person(request), blocked=False)
        return answer({"blocked": False})

    async def add_group(self, request: web.Request) -> web.StreamResponse:
        """POST /group {"title"}: a group in which the bot may write"""
        title = str((await body_of(request)).get("title") or "Group")
        return answer({"id": self.emulator.state.add_group(title).id})

    def gathering(self, request: web.Request) -> Chat:
        """The group that the address names."""
        return gatherings.group(self.emulator, request.match_info["id"])

    async def _somebody(self, request: web.Request) -> tuple[Json, Person]:
        body = await body_of(request)
        return body, self.emulator.state.person(str(body.get("person") or ""))

    async def add_bot(self, request: web.Request) -> web.StreamResponse:
        """POST /group/ID/add {"person", "code"?}: a person adds the bot, as by a startgroup link"""
        body, person = await self._somebody(request)
        code = str(body.get("code") or "")
        return answer(gatherings.add_bot(self.emulator, self.gathering(request), person, code))

    async def write_in_group(self, request: web.Request) -> web.StreamResponse:
        """POST /group/ID/send {"person", "text"}"""
        body, person = await self._somebody(request)
        words = str(body.get("text") or "")
        return answer(gatherings.write(self.emulator, self.gathering(request), person, words))

    async def remove_bot(self, request: web.Request) -> web.StreamResponse:
        """POST /group/ID/remove {"person"}"""
        _body, person = await self._somebody(request)
        gatherings.remove_bot(self.emulator, self.gathering(request), person)
        return answer({"removed": True})

    async def upgrade(self, request: web.Request) -> web.StreamResponse:
        """POST /group/ID/upgrade {"person"}: the group becomes a supergroup; answers its new id"""
        _body, person = await self._somebody(request)
        return answer({"id": gatherings.upgrade(self.emulator, self.gathering(request), person).id})

    async def group_chat(self, request: web.Request) -> web.StreamResponse:
        """GET /group/ID/chat"""
        return answer(gatherings.view(self.emulator, self.gathering(request)))

    async def fault(self, request: web.Request) -> web.StreamResponse:
        """POST /fault"""
        self.emulator.faults.plan(await body_of(request))
        return answer({"planned": len(self.emulator.faults.planned)})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """GET /user/ID/chat"""
        try:
            after = int(request.query.get("after") or 0)
        except ValueError:
            raise PersonError("after must be a message_id.") from None
        return answer(view.chat_view(self.emulator, self.person(request), after))

    async def people(self, request: web.Request) -> web.StreamResponse:
        """GET /users"""
        return answer(view.people_view(self.emulator))

    async def stats(self, request: web.Request) -> web.StreamResponse:
        """GET /stats"""
        return answer(self.emulator.stats.as_json())

    async def about(self, request: web.Request) -> web.StreamResponse:
        """GET /bot.json: the bot's names and its commands, for the chat page"""
        state = self.emulator.state
        lists = [value for key, value in state.settings.items() if key.startswith("commands ") and value]
        commands: list[Json] = lists[0] if lists else []
        name = state.settings.get("name ") or state.bot["first_name"]
        return answer({"username": state.bot["username"], "name": name, "commands": commands})

    async def media(self, request: web.Request) -> web.StreamResponse:
        """GET /media/FILE_ID: a file as the person's app shows it"""
        item = self.emulator.state.files.items.get(request.match_info["file_id"])
        if item is None:
            raise PersonError("There is no such file.", 404)
        mime = {"photo": "image/jpeg", "voice": item.mime or "audio/ogg"}.get(item.kind, item.mime)
        inline = mime in SHOWN_INLINE
        headers = {
            "Content-Type": mime if inline else "application/octet-stream",
            "Content-Disposition": "inline" if inline else "attachment",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=self.emulator.state.files.read(item), headers=headers)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """GET /: the chat page and its two files"""
        headers = {
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-cache",
            "Referrer-Policy": "no-referrer",
        }
        return web.FileResponse(STATIC / PAGE_FILES[request.path], headers=headers)
