"""Files that no import may trip over: what each holds, and what is to come of it."""

import io
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and what an import makes of it: the exit code, how many rows are new and rejected, and what the first line
    on stderr says. Where the whole file is refused there are no counts."""

    name: str
    content: bytes
    exit_code: int = 0
    new: int = 0
    rejected: int = 0
    says: str = ""
    ending: str = ".csv"


def cases() -> Iterator[Case]:
    """Every file."""
    for each in (_encodings, _foreign, _lines, _quotes, _delimiters, _headers, _rows, _values, _money_and_dates, _json):
        yield from each()


def _refused(name: str, content: bytes | str, says: str, ending: str = ".csv") -> Case:
    return Case(name, _bytes(content), 2, says=says, ending=ending)


def _taken(name: str, content: bytes | str, new: int, says: str = "", ending: str = ".csv") -> Case:
    return Case(name, _bytes(content), 0, new, says=says, ending=ending)


def _partly(name: str, content: bytes | str, new: int, rejected: int, says: str) -> Case:
    return Case(name, _bytes(content), 5, new, rejected, says)


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")


_TEXT = "name,city\nZoë,Köln\n李雷,北京\n"
_LATIN = "name,city\nZoë,Köln\nJosé,Málaga\n"
_CHINESE = "name,city\n李雷,北京\n韩梅梅,上海\n"


def _encodings() -> Iterator[Case]:
    yield _taken("UTF-8", _TEXT, 2)
    yield _taken("UTF-8 with its mark", _TEXT.encode("utf-8-sig"), 2)
    yield _taken("UTF-8 with two marks", b"\xef\xbb\xbfcity,name\n\xef\xbb\xbfx,Ada\n", 1)
    yield _taken("UTF-16 LE with its mark", b"\xff\xfe" + _TEXT.encode("utf-16-le"), 2)
    yield _taken("UTF-16 BE with its mark", b"\xfe\xff" + _TEXT.encode("utf-16-be"), 2)
    yield _refused("UTF-16 LE without its mark", "name,city\nAda,x\n".encode("utf-16-le"), "is not a text file")
    yield _refused("UTF-16 BE without its mark", "name,city\nAda,x\n".encode("utf-16-be"), "is not a text file")
    yield _refused("UTF-16 cut in the middle", b"\xff\xfe" + _TEXT.encode("utf-16-le")[:-1], "line 3: not UTF-16")
    yield _refused("UTF-16 with half a pair", b"\xff\xfe" + b"n\0a\0m\0e\0\n\0\x00\xd8x\0", "line 2: not UTF-16")
    yield _refused("UTF-32 LE with its mark", b"\xff\xfe\0\0" + _TEXT.encode("utf-32-le"), "is not a text file")
    yield _refused("UTF-32 BE with its mark", b"\0\0\xfe\xff" + _TEXT.encode("utf-32-be"), "is not a text file")
    yield _refused("cp1252", _LATIN.encode("cp1252"), "line 2: not UTF-8")
    yield _refused("Latin-9", _LATIN.encode("iso8859-15"), "line 2: not UTF-8")
    yield _refused("Mac Roman", _LATIN.encode("mac-roman"), "line 2: not UTF-8")
    yield _refused("GB18030", _CHINESE.encode("gb18030"), "line 2: not UTF-8")
    yield _refused("GBK header", "名称,城市\n李雷,北京\n".encode("gbk"), "line 1: not UTF-8")
    yield _refused("Big5", "name,city\n李雷,台北\n".encode("big5"), "line 2: not UTF-8")
    yield _refused("Shift-JIS", "name,city\n田中,東京\n".encode("shift-jis"), "line 2: not UTF-8")
    yield _refused("EUC-KR", "name,city\n김철수,서울\n".encode("euc-kr"), "line 2: not UTF-8")
    yield _refused("KOI8-R", "name,city\nИван,Москва\n".encode("koi8-r"), "line 2: not UTF-8")
    yield _refused("EBCDIC", "name,city\nAda,x\n".encode("cp500"), "not UTF-8")
    yield _taken("UTF-7 is ASCII", "name,city\nZo+AOs-,x\n".encode("ascii"), 1)
    yield _refused("overlong slash", b"name\nAda\n\xc0\xaf\n", "line 3: not UTF-8")
    yield _refused("overlong NUL", b"name\nAda\xc0\x80\n", "line 2: not UTF-8")
    yield _refused("half a surrogate pair", b"name\nAda\xed\xa0\x80\n", "line 2: not UTF-8")
    yield _refused("CESU-8", b"name\nAda\xed\xa0\xbd\xed\xb8\x80\n", "line 2: not UTF-8")
    yield _refused("beyond Unicode", b"name\nAda\xf4\x90\x80\x80\n", "line 2: not UTF-8")
    yield _refused("a byte of continuation alone", b"name\nAda\x80\n", "line 2: not UTF-8")
    yield _refused("cut in a character", "name\nZoë".encode()[:-1], "line 2: not UTF-8")
    yield _refused("one bad byte in line 5002", b"name\n" + b"Ada\n" * 5000 + b"\xff\n", "line 5002: not UTF-8")
    yield _partly("a noncharacter", "name\nAda\ufffe\nBob\n", 1, 1, "line 2: name: invalid character U+FFFE at 4")


def _foreign() -> Iterator[Case]:
    workbook, bomb = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(workbook, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"\0" * 10_000_000)
    with sqlite3.connect(":memory:") as memory:
        memory.execute("create table t (name)")
        database = memory.serialize()
    picture = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(17)
    yield _refused("a workbook", workbook.getvalue(), "a workbook")
    yield _refused("a ZIP bomb", bomb.getvalue(), "grows")
    yield _refused("an empty ZIP", b"PK\x05\x06" + bytes(18), "is an empty ZIP archive, not a text file")
    yield _refused("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "is an old Excel workbook")
    yield _refused("a SQLite file", database, "is a SQLite file, not a text file")
    yield _refused("a PNG", picture, "is a picture, not a text file")
    yield _refused("a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "is a picture, not a text file")
    yield _refused("a GIF", b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff", "is a picture, not a text file")
    yield _refused("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF file, not a text file")
    yield _refused("gzip", b"\x1f\x8b\x08\0" + bytes(20), "is a compressed file, not a text file")
    yield _refused("bzip2", b"BZh91AY&SY\xff\xff\0\0", "is a compressed file, not a text file")
    yield _refused("xz", b"\xfd7zXZ\0\0\x04", "is a compressed file, not a text file")
    yield _refused("zstandard", b"\x28\xb5\x2f\xfd\x04\x00\x59", "is a compressed file, not a text file")
    yield _refused("zlib", zlib.compress(b"name\nAda\n" * 100), "line 1: not UTF-8")
    yield _refused("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\n", "is not a text file")
    yield _refused("nothing but NUL", bytes(1000), "is not a text file")
    yield _refused("every byte there is", bytes(range(256)) * 4, "is not a text file")
    yield _refused("a page", "<!doctype html>\n<html><body>name</body></html>\n", "no name column")
    yield _refused("a letter", "Dear Ada,\n\nthe engine runs.\n", "no name column")


def _lines() -> Iterator[Case]:
    yield _taken("LF", "name,city\nAda,x\nBob,y\n", 2)
    yield _taken("CRLF", "name,city\r\nAda,x\r\nBob,y\r\n", 2)
    yield _taken("CR", "name,city\rAda,x\rBob,y\r", 2)
    yield _taken("all kinds of line ends", "name,city\r\nAda,x\nBob,y\rEve,z\r\n", 3)
    yield _taken("no end of the last line", "name,city\nAda,x\nBob,y", 2)
    yield _taken("CR CR LF", "name,city\r\r\nAda,x\r\r\n", 1)
    yield _taken("empty lines", "\n\nname,city\n\n\nAda,x\n\n  \n,\nBob,y\n\n", 2)
    yield _taken("line ends of all kinds in a note", 'name,note\nAda,"a\r\nb\rc\nd"\n', 1)
    yield _partly(
        "vertical tab, form feed and NEL end no line", "name\nA\vb\nB\fc\nC\x85d\nEve\n", 1, 3, "line 2: name"
    )
    yield _taken("a line separator in a name", "name\nA\u2028b\n", 1)
    yield _refused("a line over 8 megabytes", "name,note\nAda," + "x" * 8_000_001 + "\n", "line 2 is longer than 8 MB")
    yield _refused("a header over 8 megabytes", "name," + "x" * 8_000_001 + "\nAda,y\n", "line 1 is longer than 8 MB")
    yield _refused("8 megabytes without a line end", "x" * 8_000_001, "line 1 is longer than 8 MB")
    yield _taken("many empty lines", "name\n" + "\n" * 50_000 + "Ada\n", 1)


def _quotes() -> Iterator[Case]:
    yield _taken("quotes", '"name","city"\n"Ada","x"\n', 1)
    yield _taken("doubled quotes", 'name,city\n"Ada ""the first""",x\n', 1)
    yield _taken("a quote in a word", 'name,city\nO"Neil,x\n', 1)
    yield _taken("a comma and a line end in quotes", 'name,note\n"Lovelace, Ada","one\ntwo"\n', 1)
    yield _taken("a NUL-like word", 'name,city\n"\\0",x\n', 1)
    yield _refused(
        "a quote never closed", 'name,city\nAda,x\nBob,"y\nEve,z\n', "quote opened in line 3 is never closed"
    )
    yield _refused("a quote never closed at the end", 'name,city\nAda,"', "quote opened in line 2 is never closed")
    yield _refused(
        "a quote never closed in the header", 'name,"city\nAda,x\n', "quote opened in line 1 is never closed"
    )
    yield _refused("text after a quote", 'name,city\n"Ada"x,y\n', "line 2: text after a closing quote")
    yield _refused("a blank after a quote", 'name,city\n"Ada" ,y\n', "line 2: text after a closing quote")
    yield _refused("quotes escaped by backslash", 'name,city\n"Ada \\"x\\"",y\n', "line 2: text after a closing quote")
    yield _refused(
        "a quote not closed for 8 megabytes",
        'name,note\nAda,"' + "x\n" * 5_000_000 + '"\n',
        "opened in line 2 is not closed within 8 MB",
    )
    quoted, plain = '"' + "x\n" * 600_000 + '"', "x" * 1_000_001
    yield _partly(
        "a quoted field over a megabyte", f"name,note\nAda,{quoted}\nBob,y\n", 1, 1, "2: note: 1,200,000 char"
    )
    yield _partly("a plain field over a megabyte", f"name,note\nAda,{plain}\nBob,y\n", 1, 1, "2: note: 1,000,001 char")
    yield _partly(
        "a field over the limit of a note", f"name,note\nAda,{'x' * 100_001}\nBob,y\n", 1, 1, "line 2: note: 1 to"
    )
    yield _taken("typographic quotes", "name,city\n“Ada”,„x“\n", 1)
    yield _taken("apostrophes", "name,city\n'Ada','x'\n", 1)


def _delimiters() -> Iterator[Case]:
    for name, delimiter in (("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("bar", "|")):
        yield _taken(name, f"name{delimiter}city\nAda{delimiter}x\n", 1)
    yield _taken("tabs in a .tsv", "name\tcity\nLovelace, Ada\tx\n", 1, ending=".tsv")
    yield _refused("commas in a .tsv", "name,city\nAda,x\n", "no name column", ending=".tsv")
    yield _partly("a header of commas, rows of semicolons", "name,city\nAda;x\nBob,y\n", 1, 1, "1 field, expected 2")
    yield _partly("a decimal comma", "name,stage,amount\nA,lead,1,50\n", 0, 1, "4 fields, expected 3")
    yield _refused("a colon", "name:city\nAda:x\n", "no name column")
    yield _refused("sep=, before the header", "sep=,\nname,city\nAda,x\n", "no name column")
    yield _taken("one column", "name\nAda\nBob\n", 2)
    yield _taken("a delimiter at the end of each line", "name,city,\nAda,x,\n", 1, "not taken: (column 3)")
    yield _taken("blanks around the delimiter", "name , city\n Ada , x \n", 1)


def _headers() -> Iterator[Case]:
    yield _refused("empty file", b"", "is empty")
    yield _refused("a mark alone", b"\xef\xbb\xbf", "is empty")
    yield _refused("blank lines alone", "\n \n\r\n", "is empty")
    yield _refused("delimiters alone", ",,\n,,\n", "line 1 names no column")
    yield _taken("header alone", "name,city\n", 0)
    yield _taken("header alone without a line end", "name,city", 0)
    yield _refused("no header", "Ada,ada@example.com\nBob,bob@example.com\n", "line 1: no name column")
    yield _refused(
        "a column twice", "name,email,email\nAda,a@x.de,b@x.de\n", "column 'email' occurs twice (columns 2, 3)"
    )
    yield _refused("a column three times", "name,x,x,x\nAda,1,2,3\n", "column 'x' occurs 3 times (columns 2, 3, 4)")
    yield _refused("two columns of one meaning", "name,Full name\nAda,Bob\n", "both give name")
    yield _taken("an empty heading", "name,,city\nAda,1,x\n", 1, "not taken: (column 2)")
    yield _taken("two empty headings", "name,,\nAda,1,2\n", 1, "not taken: (column 2), (column 3)")
    yield _taken("unknown columns", "name,shoe\nAda,38\n", 1, "not taken: shoe")
    yield _taken("another case and stars", "NAME*,City \nAda,x\n", 1)
    yield _refused("a preamble", "Export of 2026\nby me\n\nname,city\nAda,x\n", "line 1: no name column")
    yield _taken("a heading that attacks", "name,\x1b[2J\u202e,=1+1\nAda,1,2\n", 1, "not taken: ")
    yield _taken(
        "ten thousand columns", "name," + ",".join(f"c{n}" for n in range(10_000)) + "\nAda" + "," * 10_000 + "\n", 1
    )
    yield _refused("a heading with a NUL", b"name,a\0b\nAda,x\n", "is not a text file")
    yield _refused("customers or deals", "name,email,stage\nAda,a@x.de,lead\n", "could be customers or deals")


def _rows() -> Iterator[Case]:
    yield _partly("too few fields", "name,city\nAda\nBob,y\n", 1, 1, "line 2: 1 field, expected 2")
    yield _partly("too many fields", "name,city\nAda,x,y\nBob,y\n", 1, 1, "line 2: 3 fields, expected 2")
    yield _partly("all rows ragged", "name,city\nAda\nBob,y,z\n", 0, 2, "line 2: 1 field, expected 2")
    yield _partly("a totals line", "name,stage,amount\nA,lead,5\nTotal,5\n", 1, 1, "line 3: 2 fields, expected 3")
    deals = "name,stage,amount\nA,lead,5\n"
    yield _partly(
        "a totals line of full width",
        f'{deals}Total,,"1,234.50 €"\n',
        1,
        1,
        "line 3: name: looks like a line of totals",
    )
    yield _taken("a deal that is called Total", f"{deals}Total,lead,5\n", 2)
    yield _taken("a total that is not the last line", f"{deals}Total,,5\nB,lead,5\n", 3)
    yield _partly("a name left out", "name,city\n,x\nBob,y\n", 1, 1, "line 2: name")
    yield _partly("a NUL in a cell", b"name,city\nA\0da,x\nBob,y\n", 1, 1, "line 2: NUL character")
    yield _partly("a NUL in every cell", b"name,city\n\0,\0\n\0,\0\n", 0, 2, "line 2: NUL character")
    yield _partly("an escape in a name", "name\nA\x1b[2J\nBob\n", 1, 1, "line 2: name: control character U+001B at 2")
    yield _partly("a C1 in a name", "name\nA\x9b2J\nBob\n", 1, 1, "line 2: name: control character U+009B at 2")
    yield _partly("an override in a name", "name\nA\u202eb\nBob\n", 1, 1, "line 2: name: control character U+202E at 2")
    yield _partly("a name of a megabyte", f"name\n{'x' * 900_000}\nBob\n", 1, 1, "line 2: name: 1 to 500 characters")
    yield _partly("a name of 501", f"name\n{'x' * 501}\nBob\n", 1, 1, "line 2: name: 1 to 500 characters")
    yield _taken("a name of 500", f"name\n{'x' * 500}\n", 1)
    yield _taken("names that are words of programs", "name\nNA\nNull\nNone\nnan\ntrue\n00123\n1e5\n", 7)
    yield _taken("formulas", "name,city\n=1+1,@x\n+1,-2\n=cmd|' /C calc'!A0,y\n", 3)
    yield _taken("markup, SQL and paths", "name\n<b>[red]x\n'; drop table customer; --\n../../etc/passwd\n%\n_\n", 5)
    yield Case("a row twice", b"name,email\nAda,a@x.de\nAda,a@x.de\n", 0, 1)
    yield _partly(
        "nonsense for an e-mail", "name,email\nAda,nonsense\nBob,b@x.de\n", 1, 1, "line 2: email: e-mail 'nonsense'"
    )
    yield _partly("nonsense for a phone", "name,phone\nAda,12\nBob,+4930901820\n", 1, 1, "line 2: phone: phone '12'")
    yield _partly("a uid that is none", "uid,name\nx,Ada\n", 0, 1, "line 2: uid: 'x' is not a uid")
    yield _partly("a kind that is none", "name,kind\nAda,robot\n", 0, 1, "line 2: kind: no kind 'robot'")
    yield _partly("a thousand bad rows", "name,city\n" + "Ada\n" * 1000, 0, 1000, "line 2: 1 field, expected 2")


def _values() -> Iterator[Case]:
    for value in (
        "NaN",
        "inf",
        "-Infinity",
        "1e309",
        "1e5",
        "abc",
        "0.005",
        "9223372036854775808",
        "90000000000001",
    ):
        text = f'name,stage,amount\nA,lead,"{value}"\nB,lead,5\n'
        yield _partly(f"amount {value}", text, 1, 1, f"line 2: amount: amount '{value}' is not an amount")
    yield _partly("an amount of 5000 digits", f"name,stage,amount\nA,lead,{'9' * 5000}\n", 0, 1, "is not an amount")
    yield _partly("amount in Arabic digits", "name,stage,amount\nA,lead,١٢\n", 0, 1, "is not an amount")
    yield _taken("a decimal comma in quotes", 'name,stage,amount\nA,lead,"1,5"\nB,lead,5\n', 2)
    yield _taken("amounts", "name,stage,amount\nA,lead,90000000000000\nB,lead,-5\nC,lead,0\nD,lead,\nE,lead,12.5k\n", 5)
    yield _partly("an unknown currency", "name,stage,amount,currency\nA,lead,5,XXQ\n", 0, 1, "no currency 'XXQ'")
    yield _partly("a fraction of a yen", "name,stage,amount,currency\nA,lead,5.5,JPY\n", 0, 1, "no decimals")


def _money_and_dates() -> Iterator[Case]:
    for value in (
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "31.12.",
        "someday",
        "99999-01-01",
        "2026-02-29",
    ):
        text = f"name,stage,amount,close\nA,lead,1,{value}\nB,lead,1,2026-12-31\n"
        yield _partly(f"date {value}", text, 1, 1, "line 2: close: ")
    yield _refused(
        "a date of two meanings",
        "name,stage,amount,close\nA,lead,1,03/04/2026\n",
        "column 'close': '03/04/2026' could be",
    )
    yield _partly("created in a month that is none", "name,created\nAda,2026-13-01\n", 0, 1, "line 2: created: ")
    yield _partly(
        "created at an hour that is none", "name,created\nAda,2026-01-01T25:00:00Z\n", 0, 1, "line 2: created: "
    )


def _json() -> Iterator[Case]:
    def lines(name: str, content: str, new: int, rejected: int, says: str) -> Case:
        whole = content + '\n{"name": "Bob"}\n'
        return Case(name, _bytes(whole), 5 if rejected else 0, new, rejected, says, ".jsonl")

    yield lines("an object a line", '{"name": "Ada"}', 2, 0, "")
    yield lines("NaN", '{"name": NaN}', 1, 1, "line 1: NaN is not a value")
    yield lines("Infinity", '{"name": -Infinity}', 1, 1, "line 1: -Infinity is not a value")
    yield lines("a key twice", '{"name": "Ada", "name": "Eve"}', 1, 1, "line 1: name: the key occurs twice")
    yield lines("half a pair", '{"name": "A\\ud800"}', 1, 1, "line 1: name: invalid character U+D800 at 2")
    yield lines("half a pair in a key", '{"name": "A", "\\ud800": "x"}', 2, 0, r"not taken: \ud800")
    yield lines("half a pair in a uid", '{"name": "A", "uid": "\\ud800"}', 1, 1, "line 1: uid")
    yield lines("half a pair in an e-mail", '{"name": "A", "email": "\\udcff@x.de"}', 1, 1, "line 1: email")
    yield lines("half a pair in an outside key", '{"name": "A", "external": "s:\\udcff"}', 1, 1, "line 1: external")
    yield lines("half a pair in an owner", '{"name": "A", "owner": "\\udcff"}', 1, 1, "line 1: owner")
    yield lines("half a pair in a tag", '{"name": "A", "tag": ["\\udcff"]}', 1, 1, "line 1: tag")
    yield lines("half a pair in an employer", '{"name": "A", "employer": "\\udcff"}', 1, 1, "line 1: employer")
    yield lines("half a pair in a kind", '{"name": "A", "kind": "\\udcff"}', 1, 1, "line 1: kind")
    yield lines("a NUL", '{"name": "A\\u0000"}', 1, 1, "line 1: name: control character U+0000 at 2")
    yield lines("an escape", '{"name": "A\\u001b[2J"}', 1, 1, "line 1: name: control character U+001B at 2")
    yield lines("arrays in arrays", "[" * 100_000, 1, 1, "line 1: not a JSON object")
    yield lines("objects in objects", '{"a":' * 50_000, 1, 1, "line 1: not a JSON object: nested too deeply")
    yield lines("a number of 5000 digits", '{"name": ' + "9" * 5000 + "}", 1, 1, "line 1: name: 1 to 500 characters")
    yield lines("1e400", '{"name": 1e400}', 2, 0, "")
    yield lines("a list of numbers", '{"name": [1, 2]}', 2, 0, "")
    yield lines("a list of lists", '{"name": [[1], "A"]}', 1, 1, "line 1: name: an object or array within")
    yield lines("an object within", '{"name": {"first": "Ada"}}', 1, 1, "line 1: name: an object or array within")
    yield lines("a text", '"Ada"', 1, 1, "line 1: not a JSON object")
    yield lines("cut off", '{"name": "Ad', 1, 1, "line 1: not a JSON object: unterminated string")
    yield lines("two objects in a line", '{"name": "A"}{"name": "B"}', 1, 1, "line 1: not a JSON object: extra data")
    yield lines("single quotes", "{'name': 'Ada'}", 1, 1, "line 1: not a JSON object")
    yield lines("null", '{"name": null}', 1, 1, "line 1: name")
    yield lines("a mark", '\ufeff{"name": "Ada"}', 2, 0, "")
    yield _taken("an array of nothing", "[]\n", 0, ending=".json")
    yield _refused("an object over many lines", '{\n "name": "Ada"\n}\n', "has no line with one JSON object", ".json")
    yield _refused("CSV as JSON", "name\nAda\n", "has no line with one JSON object", ".jsonl")
    yield _refused("JSON as CSV", '{"name": "Ada"}\n', "no name column", ".csv")
    yield lines(
        "a text over a megabyte", f'{{"name": "{"x" * 1_000_001}"}}', 1, 1, "line 1: name: 1,000,001 characters"
    )
    yield _refused(
        "a JSON line over 8 megabytes", '{"name": "' + "x" * 8_000_001 + '"}\n', "line 1 is longer than 8 MB", ".jsonl"
    )
    yield _refused(
        "JSON in UTF-16 without its mark", '{"name": "A"}\n'.encode("utf-16-le"), "is not a text file", ".json"
    )
