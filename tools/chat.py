"""`make chat`: the same conversation as on the page, in the terminal."""

import json
import sys
import threading
import uuid
from typing import Any

import httpx

from care.errors import SettingsError
from care.settings import Settings
from tools.serve import address


class Terminal:
    """One visitor at a keyboard; a line that is a button's number presses that button."""

    def __init__(self, client: httpx.Client):
        self.client = client
        self.buttons: list[dict[str, str]] = []
        self.seen = 0

    def start(self) -> None:
        answer = self.client.post("/chat/sessions")
        answer.raise_for_status()
        content = answer.json()
        self.client.headers["Authorization"] = f"Bearer {content['token']}"
        for message in content["messages"]:
            self.show(message)

    def listen(self) -> None:
        """Shows what arrives, until the stream ends."""
        headers = {"Last-Event-ID": str(self.seen)}
        with self.client.stream("GET", "/chat/events", headers=headers, timeout=None) as stream:
            event = ""
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    event = line.removeprefix("event:").strip()
                elif line.startswith("data:") and event == "message":
                    self.show(json.loads(line.removeprefix("data:")))

    def show(self, message: dict[str, Any]) -> None:
        self.seen = message["seq"]
        if message["author"] == "visitor":
            return
        print(f"\n{message['author']}: {message['text']}")
        self.buttons = message.get("buttons", [])
        for number, button in enumerate(self.buttons, 1):
            print(f"  {number}. {button['title']}" + (f"  {button.get('url', '')}".rstrip()))
        print("> ", end="", flush=True)

    def say(self, line: str) -> None:
        body = {"id": uuid.uuid4().hex, "text": line}
        pressed = int(line) if line.isascii() and line.isdigit() else 0
        if 0 < pressed <= len(self.buttons) and "payload" in self.buttons[pressed - 1]:
            button = self.buttons[pressed - 1]
            plain = not button["payload"].startswith("/")
            body |= {"text": button["payload"] if plain else button["title"]}
            body |= {} if plain else {"button": button["payload"]}
        answer = self.client.post("/chat/messages", json=body)
        if answer.is_error:
            content = answer.json()
            print("\n".join(content.get("say") or [content["error"]["message"]]))


def main() -> int:
    try:
        url = address(Settings.load())
    except SettingsError as error:
        print(f"Settings: {error}", file=sys.stderr)
        return 1
    with httpx.Client(base_url=url, timeout=10) as client:
        terminal = Terminal(client)
        try:
            terminal.start()
        except httpx.HTTPError:
            print(f"No guide answers at {url}. Start it with `make run`.", file=sys.stderr)
            return 1
        threading.Thread(target=terminal.listen, daemon=True).start()
        for line in sys.stdin:
            if line.strip():
                terminal.say(line.strip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
