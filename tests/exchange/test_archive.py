import zipfile
from pathlib import Path

import pytest

from crmcli.errors import InvalidInput
from crmcli.exchange import archive


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def made(**members: bytes) -> str:
    with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return "a.zip"


def test_members_are_read_where_they_stand() -> None:
    [member] = archive.members(made(**{"../../x.csv": b"name\nAda\n"}))

    with member.open() as file:
        assert file.read() == b"name\nAda\n"
    assert member.name == "a.zip/../../x.csv"
    assert not (Path.cwd().parents[1] / "x.csv").exists()


def test_a_member_that_grows_without_measure_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"'a.zip': 'bomb.csv' grows [0-9,]+ times when it is unpacked: at most 200"):
        archive.members(made(**{"bomb.csv": bytes(3 << 20)}))


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_MEMBERS", 2)

    with pytest.raises(InvalidInput, match=r"'a.zip' holds 3 files; at most 2"):
        archive.members(made(a=b"", b=b"", c=b""))


@pytest.mark.parametrize(("limit", "reason"), [("_LARGEST", "'a' is larger than"), ("_WHOLE", "holds more than")])
def test_large_members_are_refused(monkeypatch: pytest.MonkeyPatch, limit: str, reason: str) -> None:
    monkeypatch.setattr(archive, limit, 3)

    with pytest.raises(InvalidInput, match=reason):
        archive.members(made(a=b"1234"))


def test_a_member_that_says_too_little_of_its_size_gives_no_more() -> None:
    data = bytearray(Path(made(a=b"x" * 1000)).read_bytes())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    Path("a.zip").write_bytes(data)
    [member] = archive.members("a.zip")

    with member.open() as file, pytest.raises(InvalidInput, match="cannot be read as a ZIP archive"):
        file.read()


def test_a_damaged_archive_is_refused() -> None:
    path = Path(made(a=b"x" * 1000))
    path.write_bytes(path.read_bytes()[:50])

    with pytest.raises(InvalidInput, match=r"'a.zip' cannot be read as a ZIP archive: damaged"):
        archive.members("a.zip")
