"""What an address of e-mail tells of whose it is: its mailbox, its domain, the name it is made of."""

from collections.abc import Iterable

from crmcli.reports.namesakes import Parts

GMAIL = ("gmail.com", "googlemail.com")
ROLES = frozenset(
    [
        "info",
        "sales",
        "office",
        "contact",
        "hello",
        "mail",
        "kontakt",
        "support",
        "service",
        "admin",
        "team",
        "post",
        "buchhaltung",
        "x",
    ]
)
INITIALS = 2

FREE = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "yahoo.de",
        "yahoo.co.uk",
        "aol.com",
        "icloud.com",
        "me.com",
        "gmx.de",
        "gmx.net",
        "gmx.com",
        "web.de",
        "t-online.de",
        "mail.com",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "126.com",
        "foxmail.com",
        "sina.com",
        "proton.me",
        "protonmail.com",
        "naver.com",
        "orange.fr",
        "free.fr",
        "libero.it",
    ]
)


def is_of_name(local: str, parts: Parts) -> bool:
    """Whether a word of the name, but for initials, stands in the address."""
    return any(len(word) > INITIALS and word in local for word in parts)


def mailbox(email: str) -> str:
    """The address without what its provider ignores: dots and a +tag at Gmail, a +tag elsewhere."""
    local, _, domain = email.partition("@")
    if "+" in local:
        local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def domains(addresses: Iterable[str]) -> list[str]:
    """The domains of the addresses that are an organisation's own."""
    return [domain for address in addresses if (domain := address.rpartition("@")[2]) not in FREE]
