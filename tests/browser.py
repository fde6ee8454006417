"""A headless Chromium to open a page in, spoken to over a pipe."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
_PATIENCE = 60
_COMPLAINTS = (
    "Runtime.exceptionThrown",
    "Runtime.consoleAPICalled",
    "Log.entryAdded",
    "Page.javascriptDialogOpening",
)

_READY = """new Promise(done => {
    const look = () => document.documentElement.dataset.ready ? done() : requestAnimationFrame(look);
    look();
})"""

Message = dict[str, object]


class Page:
    """One page; what its console said to complain stands in `complaints`."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back, self._number, self._rest = to, back, 0, b""
        self._session: str | None = None
        self._is_loaded = False
        self.complaints: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = str(self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def open(self, path: Path, *, width: int = 1400, height: int = 900, is_dark: bool = False) -> None:
        """Go to the page at `path`, and wait until it says that it is ready."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.send("Emulation.setEmulatedMedia", features=[scheme, still])
        self._is_loaded = False
        self.send("Page.navigate", url=path.as_uri())
        while not self._is_loaded:
            self._note(self._next())
        self.value(_READY)

    def value(self, script: str) -> object:
        """What an expression is on the page."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        result = answer["result"]
        assert isinstance(result, dict)
        return result.get("value")

    def press(self, key: str, text: str = "", code: int = 0) -> None:
        """Press a key and let it go."""
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    def type(self, text: str) -> None:
        self.send("Input.insertText", text=text)

    def move(self, x: float, y: float) -> None:
        """Put the pointer there."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def picture(self, path: Path) -> None:
        """What the page looks like, as PNG."""
        path.write_bytes(base64.b64decode(str(self.send("Page.captureScreenshot")["data"])))

    def send(self, method: str, **parameters: object) -> Message:
        """Ask, and take note of what comes before the answer."""
        self._number += 1
        asked: Message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told
                answer = told["result"]
                assert isinstance(answer, dict)
                return answer
            self._note(told)

    def _next(self) -> Message:
        while b"\0" not in self._rest:
            assert select([self._back], [], [], _PATIENCE)[0], "the browser does not answer"
            piece = os.read(self._back, 1 << 16)
            assert piece, "the browser has ended"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        told = json.loads(line)
        assert isinstance(told, dict)
        return told

    def _note(self, told: Message) -> None:
        method, parameters = told.get("method"), told.get("params")
        assert isinstance(parameters, Mapping)
        self._is_loaded |= method == "Page.loadEventFired"
        is_fetch = method == "Network.requestWillBeSent" and '"url": "http' in json.dumps(parameters)
        if is_fetch or method in _COMPLAINTS:
            self.complaints.append(json.dumps(parameters))


@contextmanager
def page() -> Iterator[Page]:
    """A page of a browser of its own, which ends with the block."""
    assert CHROMIUM is not None
    to_browser, to = os.pipe()
    back, from_browser = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        flags = (*_FLAGS, "--remote-debugging-pipe", f"--user-data-dir={home}")
        browser = subprocess.Popen(
            ["bash", "-c", command, CHROMIUM, *flags],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        try:
            yield Page(to, back)
        finally:
            os.close(to)
            os.close(back)
            with suppress(subprocess.TimeoutExpired):
                browser.wait(5)
            browser.kill()
            browser.wait()
