"""The emulator by HTTP: the Bot API, the files, the people's side, and how to start and stop it."""

import asyncio
import hmac
import inspect
import json
import logging
import mimetypes
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qsl

from aiohttp import web

from bot.emulator.call import Call, Upload
from bot.emulator.errors import ApiError, Json
from bot.emulator.faults import Fault
from bot.emulator.hub import Emulator, Options
from bot.emulator.journal import INTERVAL
from bot.emulator.methods import METHODS, Method
from bot.emulator.userside import UserSide

MAX_BODY = 80 * 1024 * 1024
HUB = web.AppKey("hub", Emulator)
NOT_FOUND = ApiError(404, "Not Found")
UNAUTHORIZED = ApiError(401, "Unauthorized")
log = logging.getLogger(__name__)


async def read_call(request: web.Request) -> Call:
    """The arguments of a call, from the address and from any of the three kinds of body."""
    values = dict(request.query) if request.query_string else {}
    if request.method != "POST":
        return Call(values)
    kind = request.content_type
    if kind == "multipart/form-data":
        files: dict[str, Upload] = {}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = Upload(value.filename, value.file.read(), value.content_type)
            else:
                values[name] = str(value)
        return Call(values, files)
    raw = await request.read()
    if kind == "application/json":
        body = json.loads(raw) if raw else {}
        if not isinstance(body, dict):
            raise ValueError("a JSON body must be an object")
        return Call({**values, **body})
    return Call({**values, **dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))})


def success(result: object) -> web.Response:
    """An answer with a result."""
    body = json.dumps({"ok": True, "result": result}).encode()
    return web.Response(body=body, content_type="application/json")


def failure(error: ApiError) -> web.Response:
    """An answer that says what went wrong."""
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


class BotSide:
    """The Bot API of one emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.token = emulator.options.token.encode()

    def check(self, request: web.Request) -> None:
        """401 unless the address carries the bot's token."""
        if not hmac.compare_digest(request.match_info["token"].encode(), self.token):
            raise UNAUTHORIZED

    async def method(self, request: web.Request) -> web.StreamResponse:
        """/bot<token>/METHOD"""
        try:
            self.check(request)
            method = METHODS.get(request.match_info["method"].lower())
            if method is None:
                raise NOT_FOUND
        except ApiError as error:
            return failure(error)
        fault = self.emulator.faults.next(method.name.lower(), sends=method.sends)
        if fault and fault.kind == "cut":
            self.emulator.stats.outcome(method.name, "cut")
            return cut(request)
        return await self.answered(request, method, fault)

    async def answered(self, request: web.Request, method: Method, fault: Fault | None) -> web.StreamResponse:
        """Do the work, count how it ended, and answer."""
        stats = self.emulator.stats
        try:
            result = await self.perform(request, method, fault)
        except ApiError as error:
            stats.outcome(method.name, str(error.code))
            return failure(error)
        except Exception:
            log.exception("The emulator could not do %s", method.name)
            stats.outcome(method.name, "500")
            return failure(ApiError(500, "Internal Server Error"))
        if fault:
            stats.outcome(method.name, "timeout")
            return await never(request, self.emulator.options.hold)
        stats.outcome(method.name)
        return success(result)

    async def perform(self, request: web.Request, method: Method, fault: Fault | None) -> object:
        """The method's result; a planned error comes in its place."""
        try:
            call = await read_call(request)
        except ValueError:
            raise ApiError(400, "Bad Request: can't parse the request's body") from None
        if method.sends:
            self.emulator.stats.message(call.text("chat_id"), time.monotonic())
        error = fault.error() if fault else None
        if error:
            raise error
        result = method.work(self.emulator, call)
        return await result if inspect.isawaitable(result) else result

    async def file(self, request: web.Request) -> web.StreamResponse:
        """/file/bot<token>/PATH"""
        try:
            self.check(request)
        except ApiError as error:
            return failure(error)
        item = self.emulator.state.files.at(request.match_info["path"])
        if item is None:
            return failure(NOT_FOUND)
        fault = self.emulator.faults.next("file", sends=False)
        body = self.emulator.state.files.read(item)
        self.emulator.stats.outcome("file", fault.kind if fault else None)
        if fault:
            return await self.failed_file(request, fault, body)
        kind = mimetypes.guess_type(item.path)[0] or "application/octet-stream"
        return web.Response(body=body, content_type=kind)

    async def failed_file(self, request: web.Request, fault: Fault, body: bytes) -> web.StreamResponse:
        """A file that does not arrive whole: an error, half of it and then nothing, or nothing at all."""
        error = fault.error()
        if error:
            return failure(error)
        if fault.kind == "cut":
            half = web.StreamResponse(headers={"Content-Length": str(len(body))})
            await half.prepare(request)
            await half.write(body[: len(body) // 2])
            return cut(request)
        return await never(request, self.emulator.options.hold)


def cut(request: web.Request) -> web.Response:
    """Close the line without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response()


async def never(request: web.Request, seconds: float) -> web.Response:
    """Keep the caller waiting until they go or the time is up, then close the line."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and request.transport and not request.transport.is_closing():
        await asyncio.sleep(0.05)
    return cut(request)


async def unknown(request: web.Request) -> web.StreamResponse:
    """Everything else: 404, for the bot as Telegram says it."""
    return failure(NOT_FOUND)


async def keep(app: web.Application) -> AsyncIterator[None]:
    """Resume the webhook, write to the store now and then, and stop cleanly."""
    emulator = app[HUB]
    if emulator.state.settings.get("webhook"):
        emulator.webhook.start(emulator.state.settings["webhook"])

    async def save() -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            emulator.state.save()

    saving = asyncio.get_running_loop().create_task(save())
    yield
    saving.cancel()
    await emulator.webhook.close()
    emulator.state.save()


def create_app(options: Options | None = None) -> web.Application:
    """The whole emulator; `app[HUB]` is its state."""
    app = web.Application(client_max_size=MAX_BODY)
    emulator = app[HUB] = Emulator(options or Options())
    bot = BotSide(emulator)
    app.router.add_route("*", "/bot{token:[^/]+}/{method}", bot.method)
    app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", bot.file)
    app.router.add_routes(UserSide(emulator).routes())
    app.router.add_route("*", "/{rest:.*}", unknown)
    app.cleanup_ctx.append(keep)

    async def release(_app: web.Application) -> None:
        emulator.state.updates.interrupt(ApiError(500, "Internal Server Error: restart"))

    app.on_shutdown.append(release)
    return app


@asynccontextmanager
async def listening(
    options: Options, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[tuple[Emulator, str]]:
    """A running emulator and its address; port 0 takes a free one."""
    app = create_app(options)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield app[HUB], f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def serve(
    options: Options, host: str = "127.0.0.1", port: int = 0, ready: Callable[[str], None] | None = None
) -> None:
    """Run until SIGINT, SIGTERM or cancellation; `ready` hears the address once everything answers."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
    async with listening(options, host, port) as (_emulator, url):
        if ready:
            ready(url)
        await stop.wait()


def run(
    options: Options | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Run an emulator in this process until SIGINT or SIGTERM."""
    asyncio.run(serve(options or Options(), host, port, ready))
