"""A report as a reader finds it."""

import base64
from html.parser import HTMLParser


class Page(HTMLParser):
    """A page: the rows of its tables, the titles, the pictures, and what else it would load."""

    EMPTY = ("meta", "img", "br", "link")

    def __init__(self, path):
        super().__init__()
        self.text = path.read_text(encoding="utf-8")
        self.rows, self.titles, self.pictures, self.bold, self.loaded, self._open = [], [], [], [], [], []
        self.feed(self.text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag not in self.EMPTY:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._is_bold = found.get("class") == "typical"
        elif tag in ("h1", "h2"):
            self.titles.append("")
        elif tag == "img":
            self.pictures.append(base64.b64decode(found["src"].removeprefix("data:image/png;base64,"), validate=True))
        elif tag in ("script", "link", "iframe"):
            self.loaded.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data
            if self._is_bold:
                self.bold.append(data)
        elif self._open and self._open[-1] in ("h1", "h2"):
            self.titles[-1] += data

    def row(self, name):
        (cells,) = [cells for cells in self.rows if cells[0] == name]
        return cells[1:]
