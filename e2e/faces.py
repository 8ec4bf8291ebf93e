"""Every face as the gallery shows it, and what can be measured of one without asking a person."""

import re
from collections.abc import Iterator

from widget.plan_change.examples import examples as panels
from widget.upsell.examples import examples as cards
from widget.web.assets import asset
from widget.web.looks import Look
from widget.web.render import render

# What a page looks like at 400 % in a window of 1280 × 1024, and the narrowest phone (WCAG 1.4.10).
NARROWEST = {"width": 320, "height": 256}


def addresses(**query: str) -> Iterator[tuple[str, str]]:
    """Name and path of every face of card and panel."""
    wanted = "&".join(f"{name}={value}" for name, value in query.items())
    yield from ((name, f"/gallery/{name}?{wanted}") for name in cards())
    yield from ((f"plans/{name}", f"/gallery/plans/{name}?{wanted}") for name in panels())


def documents(language: str, *, layout: str) -> Iterator[tuple[str, str]]:
    """Name and text of every face of card and panel, as a document in a frame or as a page of its own; no server takes part."""
    name = "embed.html" if layout == "frame" else "page.html"
    around = {"theme": "", "parent_origin": "", "look": Look()}
    for face, card in cards(language).items():
        yield face, whole(render(name, card=card, **around))
    for face, panel in panels(language).items():
        yield f"plans/{face}", whole(render(f"plan_change/{name}", panel=panel, **around))


def whole(text: str) -> str:
    """A whole page of ours with its styles in it, for there is no server; and no code."""
    sheet = re.search(r'<link rel="stylesheet" href="[^"]*?(\w+\.css)', text)
    assert sheet, text[:500]
    styles = asset(sheet[1]).plain.decode()
    text = re.sub(r"<script[^>]*></script>", "", text)
    return re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>{styles}</style>", text)


# Text spacing as WCAG 1.4.12 has it, by the one way our policy leaves to a reader's own style sheet.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""

# What is wider than the window, sticks out of its card, is cut off, or lies on another text.
LOST = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const outer = document.querySelector('.card').getBoundingClientRect();
  const lost = [...document.querySelectorAll('.card *, .onward *, .order')].filter(one => {
    if (one.closest('.heard, [hidden], #encore-status:empty, .card[data-state=empty]')) return false;
    if (one.matches('option, [aria-hidden], [aria-hidden] *, .tab, .quiet-poll')) return false;
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!box.width) return false;
    const out = one.closest('.card') && (box.left < outer.left - 1 || box.right > outer.right + 1);
    const cut = style.overflow !== 'visible' && style.display !== 'inline' && !one.matches('input, textarea, select')
      && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
    return out || cut;
  }).map(one => one.tagName + '.' + one.className + ' ' + one.textContent.trim().slice(0, 40));
  return wide > 0 ? ['the page is wider by ' + wide, ...lost] : lost;
}"""

# What is too small to be hit: 44 for what is pressed, 24 for a link in a line of text (WCAG 2.5.8 asks for 24).
SMALL = """() => [...document.querySelectorAll('button, a, summary, select, textarea, input:not([type=hidden])')].map(one => {
  if (one.matches('.heard') || !one.getClientRects().length) return '';
  const label = one.matches('[type=radio], [type=checkbox]') && (one.closest('label') || document.querySelector(`label[for="${one.id}"]`));
  const box = (label || one).getBoundingClientRect();
  const least = one.matches('.body a, .gain a') ? 24 : 44;
  return box.height + .5 >= least && box.width + .5 >= Math.min(least, 44) ? '' : `${one.outerHTML.slice(0, 60)} ${box.width}×${box.height}`;
}).filter(Boolean)"""

# Everything the keyboard should reach, in the order of reading; a group of radio buttons is one stop.
STOPS = """() => {
  const groups = new Set();
  return [...document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')].filter(one => {
    if (one.tabIndex < 0 || one.disabled || !one.checkVisibility()) return false;
    if (one.type !== 'radio') return true;
    const chosen = document.querySelector(`input[name="${one.name}"]:checked`);
    if (groups.has(one.name) || (chosen && chosen !== one)) return false;
    groups.add(one.name);
    return true;
  }).map((one, index) => (one.dataset.stop = String(index)));
}"""

# Where the keyboard is, and whether that is seen: an outline of two pixels or more, on the screen and on nothing else.
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return {stop: null, seen: false, what: 'nothing'};
  const shown = one.matches('.tab') ? document.querySelector(`label[for="${one.id}"]`) : one;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {stop: one.dataset.stop, seen: seen && inside, what: one.outerHTML.slice(0, 80)};
}"""

# Where a yes and a no stand together: the no is at least as large, and the keyboard is there before the yes or at its next stop.
NO_IS_SMALLER = """() => [...document.querySelectorAll('.card')].flatMap(card => {
  const there = one => one.getClientRects().length && one.checkVisibility();
  const stops = [...card.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')]
    .filter(one => there(one) && one.tabIndex >= 0 && !one.disabled);
  const all = [...card.querySelectorAll('.choice')].filter(there);
  return all.flatMap(choice => {
    // Whoever is led to a form for another card has agreed to nothing by it.
    const yes = [...choice.querySelectorAll('.accept')].filter(one => there(one) && one.form?.getAttribute('action') !== '/plan_change/method');
    const no = [...choice.querySelectorAll('.decline')].filter(there);
    return yes.flatMap(accept => no.slice(0, 1).flatMap(decline => {
      const a = accept.getBoundingClientRect(), d = decline.getBoundingClientRect();
      const where = (card.dataset.face || card.dataset.state) + ': ' + decline.textContent.trim().slice(0, 30);
      const apart = stops.indexOf(decline) - stops.indexOf(accept);
      return [
        d.width + .5 < a.width || d.height + .5 < a.height ? `${where}: ${d.width}×${d.height} beside ${a.width}×${a.height}` : '',
        stops.includes(decline) && (apart === 1 || apart < 0) ? '' : `${where}: ${apart} stops after the yes`,
      ].filter(Boolean);
    }));
  });
})"""
