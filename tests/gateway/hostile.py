"""What a visitor may type to be run by a browser, a template or a spreadsheet."""

from html.parser import HTMLParser

MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea></title></style></option></script><script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>',
    "javascript:alert(1)",
    "--><!--><b>x</b>",
    "{{ 7*7 }}{% for x in y %}${7*7}#{7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<b>\u2028x\u2029</b>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '" autofocus onfocus=alert(1) x="',
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<base href=//x.example><form action=//x.example><meta http-equiv=refresh content=0>",
    "]]><b>x</b><![CDATA[",
    "%3Cscript%3Ealert(1)%3C/script%3E",
)
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMULAS = tuple(f"{start}HYPERLINK(1)" for start in STARTS)
RUNNABLE = ("javascript:", "data:", "vbscript:")


class Tree(HTMLParser):
    """The tags of a page with the names of their attributes; its text; where it leads."""

    def __init__(self, page: str):
        super().__init__()
        self.tags = list[tuple[str, ...]]()
        self.text, self.links = "", list[str]()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.links += [
            value or "" for name, value in attrs if name in {"href", "src", "action", "data-events"}
        ]

    def handle_data(self, data: str) -> None:
        self.text += data
