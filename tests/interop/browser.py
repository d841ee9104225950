"""A page in a real browser, and what an HTML parser takes it for.

A chromium is spoken to over its debugging pipe, so nothing else is needed: https://chromedevtools.github.io/devtools-protocol/
"""
import base64
import fcntl
import html.parser
import itertools
import json
import os
import subprocess
import sys


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: expected {expected!r}, found {found!r}")


class Browser:
    """A headless chromium with one page."""

    def __init__(self, binary, profile):
        (command_out, command_in), (reply_out, reply_in) = os.pipe(), os.pipe()
        theirs = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (command_out, reply_in)]
        self.process = subprocess.Popen(  # it reads commands from descriptor 3 and writes replies to 4
            [binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=lambda: [os.dup2(fd, number) for fd, number in zip(theirs, (3, 4))])
        for fd in (command_out, reply_in, *theirs):
            os.close(fd)
        self.commands, self.replies = os.fdopen(command_in, "wb", 0), os.fdopen(reply_out, "rb")
        self.ids, self.session, self.errors = itertools.count(1), None, []
        page = next(target for target in self.call("Target.getTargets")["targetInfos"] if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.call(domain + ".enable")
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def message(self):
        text = bytearray()
        while (byte := self.replies.read(1)) != b"\0":
            if not byte:
                sys.exit("the browser has gone")
            text += byte
        message = json.loads(text)
        if message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(message["params"]["exceptionDetails"])
        return message

    def call(self, method, **params):
        number = next(self.ids)
        request = {"id": number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        self.commands.write(json.dumps(request).encode() + b"\0")
        while (message := self.message()).get("id") != number:
            pass
        if "error" in message:
            sys.exit(f"{method}: {message['error']}")
        return message["result"]

    def open(self, path):
        self.call("Page.navigate", url=path.as_uri())
        while self.message().get("method") != "Page.loadEventFired":
            pass

    def show(self, width, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def pointer(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def key(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode={"Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
                                             "ArrowDown": 40, "Escape": 27}[key])

    def type(self, text):
        self.call("Input.insertText", text=text)

    def picture(self, path):
        data = self.call("Page.captureScreenshot")["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self):
        self.call("Browser.close")
        self.process.wait(30)
        check("exceptions in the page", self.errors, [])


class PageParser(html.parser.HTMLParser):
    """What an HTML parser takes for the page's data, and for references to anything outside."""

    def __init__(self, text):
        super().__init__()
        self.data, self.inside, self.references = "", False, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.inside = dict(attributes).get("id") == "data"
        self.references += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        self.data += data if self.inside else ""
