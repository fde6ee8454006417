"""Panels as inline SVG: bars and columns as wide as their place, with every label and figure as text beside them."""

from collections.abc import Iterator, Sequence
from html import escape

from crmcli.core.drawing import Bar, Panel
from crmcli.core.wording import cells
from crmcli.render.safety import visible

#: For the head of a page with panels; the colours after Okabe & Ito (2008), which people with any sight tell apart.
STYLE = """
:root { --ink: #0072b2; --track: #8882; } @media (prefers-color-scheme: dark) { :root { --ink: #56b4e9; } }
main.panels { gap: 1.2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
main.panels > :first-child { grid-row: auto; }
.panel { border: 1px solid #8884; border-radius: .5rem; padding: .9rem 1rem; }
.panel ul { display: grid; gap: .35rem; list-style: none; margin: .4rem 0 0; padding: 0; }
.panel li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 .8rem; align-items: center; }
.panel li > svg { grid-row: 2; grid-column: 1 / -1; } .panel li > span { overflow-wrap: anywhere; }
.panel li > b { font-weight: 400; text-align: right; font-variant-numeric: tabular-nums; }
@media (min-width: 34rem) { .drawn li { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) var(--figures); }
.drawn li > svg { grid-row: 1; grid-column: 2; } }
.panel svg { display: block; width: 100%; } svg.bar { height: .8rem; } svg.columns { height: 5rem; }
.panel rect { fill: var(--ink); } .panel rect.track { fill: var(--track); }
.axis { display: flex; justify-content: space-between; font-size: .85rem; opacity: .8; }
.panel p { margin: .5rem 0 0; font-size: .9rem; } .panel code { font-size: .85rem; }
"""
_WIDE, _HIGH, _GAP = 1000, 100, 0.2


def panels(these: Sequence[Panel]) -> Iterator[str]:
    """The panels of a page, piece by piece; every character of a value is escaped."""
    yield '<main class="panels">\n'
    for panel in these:
        yield f'<section class="panel">\n<h2>{_said(panel.title)}</h2>\n'
        if panel.bars:
            yield from bars(panel.bars)
        if panel.columns:
            yield from columns(panel.columns, panel.title)
        if not panel.bars and not panel.columns:
            yield f"<p>{_said(panel.empty)}</p>\n"
        yield from (f"<p>{_said(note)}</p>\n" for note in panel.notes)
        yield f"<p><code>{_said(panel.next)}</code></p>\n" if panel.next else ""
        yield "</section>\n"
    yield "</main>\n"


def bars(these: Sequence[Bar]) -> Iterator[str]:
    """A row for each: the label, the stretch from `begin` to `end` where any is drawn, the figure."""
    most = max(max(bar.begin, bar.end) for bar in these)
    wide = max(cells(bar.text) for bar in these)
    yield f'<ul class="drawn" style="--figures: {wide}ch">\n' if most > 0 else "<ul>\n"
    for bar in these:
        drawn = _bar(bar, most) if most > 0 else ""
        yield f"<li><span>{_said(bar.label)}</span>{drawn}<b>{_said(bar.text)}</b></li>\n"
    yield "</ul>\n"


def columns(these: Sequence[Bar], title: str) -> Iterator[str]:
    """A column for each, its figure to be read by pointing and by a screen reader; the ends and the greatest are named."""
    most = max(column.end for column in these)
    step = _WIDE / len(these)
    told = "; ".join(f"{column.label}: {column.text}" for column in these)
    box = f'viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none"'
    yield f'<svg class="columns" {box} role="img" aria-label="{_said(f"{title}: {told}")}">\n'
    for place, column in enumerate(these):
        high = max(column.end, 0) / most * _HIGH if most > 0 else 0
        left, wide = place * step + step * _GAP / 2, step * (1 - _GAP)
        yield f'<g><title>{_said(column.label)}: {_said(column.text)}</title><rect class="track" x="{left:.1f}" y="0" '
        yield f'width="{wide:.1f}" height="{_HIGH}"/>'
        yield f'<rect x="{left:.1f}" y="{_HIGH - high:.1f}" width="{wide:.1f}" height="{high:.1f}"/></g>\n'
    yield "</svg>\n"
    yield f'<div class="axis"><span>{_said(these[0].label)}</span><span>{_said(these[-1].label)}</span></div>\n'
    best = max(these, key=lambda column: column.end)
    yield f"<p>now {_said(these[-1].text)} · most {_said(best.label)}: {_said(best.text)}</p>\n"


def _bar(bar: Bar, most: float) -> str:
    """The stretch on its track; the figure beside it says what it shows."""
    begin, end = (max(value, 0) / most * _WIDE for value in (bar.begin, bar.end))
    wide = max(end - begin, 4.0 if bar.end > 0 else 0.0)
    return (
        f'<svg class="bar" viewBox="0 0 {_WIDE} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" x="0" y="0" width="{_WIDE}" height="10"/>'
        f'<rect x="{min(begin, _WIDE - wide):.1f}" y="0" width="{wide:.1f}" height="10"/></svg>'
    )


def _said(text: str) -> str:
    return escape(visible(text))
