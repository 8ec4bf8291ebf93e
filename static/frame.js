// The few lines of the card and of the plan panel: tell the page around us our height and state, keep the focus, hold on when the line drops.
(function () {
  "use strict";
  var root = document.documentElement;
  var parentOrigin = root.getAttribute("data-parent-origin");
  var framed = window.parent !== window;
  var main = document.querySelector("main");
  var last = {};
  var WAITING = { working: true, action: true, preparing: true };
  var SETTLE_MS = 600; // a press meant for what was there a moment ago must not hit what came in its place
  var ARMED_AFTER_MS = 800; // the same in widget/upsell/doubt.py: nobody reads a price and decides in less
  var RETRY_MS = [2000, 4000, 8000, 15000, 30000];
  var failures = 0;

  function card() {
    return document.getElementById("encore-offer") || document.getElementById("encore-plans");
  }

  // What the page around us is told it is about: the offer's name, or the plan's product id.
  function subject(here) {
    return here.id === "encore-plans" ? "plan" : "offer";
  }

  // Only ever to the origin the server has verified; without one nothing is said.
  function say(message) {
    if (framed && parentOrigin) {
      message.encore = 1;
      window.parent.postMessage(message, parentOrigin);
    }
  }

  function tellSize() {
    var here = card();
    var height = here ? Math.ceil(here.getBoundingClientRect().bottom + window.scrollY) : 0;
    if (height !== last.height) {
      last.height = height;
      say({ type: "size", height: height });
    }
  }

  function tellState() {
    var here = card();
    var state = here ? here.getAttribute("data-state") : "error";
    var about = here ? subject(here) : "offer";
    var name = here ? here.getAttribute("data-" + about) : "";
    if (state === last.state && name === last.name) {
      return;
    }
    var first = last.state === undefined;
    hold(last.state, state);
    last.state = state;
    last.name = name;
    var message = { type: "state", state: state, scheme: root.getAttribute("data-theme") || "" };
    message[about] = name;
    if (!first) {
      document.title = document.getElementById("encore-title").textContent;
    }
    message.title = document.title; // names the frame, in the shopper's language
    say(message);
    if (!first) {
      if (!last.asked || last.inside) {
        keepFocus();
      }
    }
  }

  // What is shown: another state, or another step of the same.
  function shown() {
    var here = card();
    return here ? here.getAttribute("data-state") + " " + (here.getAttribute("data-step") || "") : "";
  }

  // While it is not decided the card keeps the height it had, so that nothing around it jumps twice.
  function hold(before, now) {
    if (framed && (before === "open" || before === "quote") && WAITING[now]) {
      main.style.minHeight = last.height + "px";
    } else if (!WAITING[now]) {
      main.style.minHeight = "";
    }
  }

  // A swap may take away what had the focus; the heading of the new state takes over, so that nobody starts from the top.
  // Never from somebody who is elsewhere in the page around us.
  function keepFocus() {
    var title = document.getElementById("encore-title");
    if (title && nobody() && document.hasFocus()) {
      title.focus({ preventScroll: true });
    }
  }

  function nobody() {
    var active = document.activeElement; // the body, where the pressed button was out of order meanwhile
    return !active || active === document.body;
  }

  // Other buttons in the same place: a second press of hand or mouse finds nothing for a moment.
  function guard() {
    var here = card();
    here.style.pointerEvents = "none";
    setTimeout(function () {
      here.style.pointerEvents = "";
    }, SETTLE_MS);
  }

  // And the reading starts at the heading.
  function settle() {
    var here = card();
    if (nobody() || here.contains(document.activeElement)) {
      document.getElementById("encore-title").focus({ preventScroll: true });
    }
    if (here.id === "encore-plans") { // a long list may have become a short sum, far above what is looked at
      document.getElementById("encore-title").scrollIntoView({ block: "nearest" });
      say({ type: "top" });
    }
    guard();
  }

  // The same card with another price: whoever is choosing stays where they are; whoever mistyped is led to the field.
  function stay() {
    var wrong = card().querySelector("[aria-invalid=true]");
    if (wrong) {
      wrong.focus();
    } else {
      keepFocus();
    }
    guard();
  }

  // What is said a second time is heard a second time only if it is a new text.
  function repeat(status) {
    if (status && status.firstChild && status.textContent === last.status && status.className === "notice") {
      status.replaceChildren(document.createTextNode(last.status));
    }
  }

  // Whether a press by hand can be taken at its word: price and button have been there, with nothing over them, for a moment.
  // Only Chromium tells what lies over a frame; elsewhere only the time is known. A doubt is asked about, never a refusal.
  var shownAt = 0; // when what can be pressed came, or came back from another tab
  var handAt = -Infinity; // the last touch of hand or mouse: a keyboard presses only what has been gone to
  var FLASH_MS = 400; // while a page scrolls the browser may know nothing for a moment: that is no cover
  var parts = new Map(); // each watched element: whether it is there in full, since when it is covered, when that ended
  var looked = null; // what waits for a fresh look
  var observer = window.IntersectionObserver && "isVisible" in window.IntersectionObserverEntry.prototype
    ? new IntersectionObserver(look, { threshold: [0, 0.5, 0.9, 1], trackVisibility: true, delay: 100 }) : null;

  function look(entries) {
    entries.forEach(function (entry) {
      var now = performance.now();
      var covered = entry.intersectionRatio > 0 && !entry.isVisible;
      var before = parts.get(entry.target) || { since: 0, freedAt: -Infinity };
      var freed = before.since && !covered && now - before.since > FLASH_MS;
      parts.set(entry.target, {
        full: entry.intersectionRatio > 0.98, since: covered ? before.since || now : 0, freedAt: freed ? now : before.freedAt
      });
    });
    if (looked && watched().every(function (part) { return parts.has(part); })) {
      looked();
    }
  }

  function watched() {
    return Array.from(document.querySelectorAll("[data-watched]"));
  }

  function watch() {
    observer.disconnect();
    watched().forEach(function (part) {
      observer.observe(part);
    });
  }

  var arming;

  function arm() {
    shownAt = performance.now();
    parts.clear();
    if (observer) {
      watch();
    }
    var buttons = document.querySelectorAll("button[data-watched]");
    clearTimeout(arming); // of a button of before, which the swap may have kept
    buttons.forEach(function (button) {
      button.setAttribute("aria-disabled", "true"); // said for the while; a press is not lost meanwhile, it is asked about
    });
    arming = setTimeout(function () {
      buttons.forEach(function (button) {
        button.removeAttribute("aria-disabled");
      });
    }, ARMED_AFTER_MS + 50);
  }

  function some(question) {
    return watched().some(function (part) {
      return question(parts.get(part) || {});
    });
  }

  function covered() {
    var now = performance.now();
    return some(function (part) { return part.since || now - part.freedAt < ARMED_AFTER_MS; });
  }

  function partly() {
    return some(function (part) { return !part.full; });
  }

  // Whoever has just scrolled is looked at afresh rather than asked; what is still not all there then is asked about.
  function lookAfresh(then) {
    var before = new Map(parts);
    var done = function () {
      if (looked === done) {
        looked = null;
        before.forEach(function (was, part) {
          var is = parts.get(part);
          if (is && !is.since) { // what lay over it until now was there for a while, or was none
            is.freedAt = was.since && performance.now() - was.since > FLASH_MS + 200 ? performance.now() : was.freedAt;
          }
        });
        then(covered() || partly() ? "unseen" : "");
      }
    };
    looked = done;
    parts.clear();
    watch();
    setTimeout(done, 1500); // a browser that has too much to do draws late, and tells nothing before
  }

  function tellDoubt(form, doubt) {
    var said = form.querySelector("input[name=doubt]") || document.createElement("input");
    said.type = "hidden";
    said.name = "doubt";
    said.value = doubt;
    form.appendChild(said);
  }

  document.addEventListener("pointerdown", function () {
    handAt = performance.now();
  }, true);

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.querySelector("button[data-watched]") || !window.htmx) {
      return;
    }
    if (form.judged) {
      form.judged = false; // the same press, after a look
      return;
    }
    var now = performance.now();
    var left = ARMED_AFTER_MS - (now - shownAt);
    var byHand = now - handAt < 1000;
    if (byHand && left > 0) {
      tellDoubt(form, "early");
    } else if (byHand ? observer && (covered() || partly()) : left > 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!form.held) { // pressed again while the first press is looked at: once is enough
        form.held = true;
        (byHand ? lookAfresh : waitFor(left))(function (doubt) {
          form.held = false;
          if (form.isConnected) {
            form.judged = true;
            tellDoubt(form, doubt);
            form.requestSubmit(form.querySelector("button[data-watched]"));
          }
        });
      }
    } else {
      tellDoubt(form, "");
    }
  }, true);

  function waitFor(ms) {
    return function (then) {
      setTimeout(then, ms, "");
    };
  }

  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) {
      arm();
    }
  });

  // An answer that is not a card (a proxy's error page, a lost line) never takes the card away: it is said, or asked again.
  function unreached(form) {
    var here = card();
    var status = document.getElementById("encore-status");
    if (form && form.classList.contains("quiet-poll")) {
      return; // it asks now and then anyway, and has no press of its own
    }
    if (form && form.classList.contains("poll")) {
      setTimeout(function () {
        if (form.isConnected) {
          form.requestSubmit();
        }
      }, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
      failures += 1;
    } else if (here && status && here.dataset.unreached) {
      status.className = "notice";
      status.textContent = here.dataset.unreached;
    }
  }

  // What came by itself is told with its heading, for nobody was led there; the same again as long as it stays, and so said once.
  function withHeading(part) {
    var title = part.querySelector("#encore-title");
    var status = part.querySelector("#encore-status");
    var state = part.querySelector("[data-state]").getAttribute("data-state");
    if (state !== last.state) {
      last.told = state;
    }
    if (title && status && last.told === state) {
      var span = document.createElement("span");
      span.className = "heard";
      span.textContent = title.textContent + ". ";
      status.prepend(span);
    }
  }

  document.addEventListener("htmx:before:swap", function (event) {
    var text = event.detail.ctx.text || "";
    root.setAttribute("data-moved", ""); // from here on, what comes may glide in
    last.swapped = shown();
    last.inside = !nobody();
    last.asked = event.target.matches(".poll"); // by itself, not by a press
    last.picked = event.target.matches(".pick");
    last.status = (document.getElementById("encore-status") || event.target).textContent;
    if (text.indexOf('id="encore-offer"') < 0 && text.indexOf('id="encore-plans"') < 0) {
      event.preventDefault();
      unreached(event.target);
    } else {
      failures = 0;
      last.told = last.asked ? last.told : "";
      if (last.asked) {
        withHeading(event.detail.tasks[0].fragment);
      }
    }
  });

  document.addEventListener("htmx:after:swap", function () {
    var here = card();
    arm();
    var state = here && here.getAttribute("data-state");
    if (here && !last.asked) {
      var moved = last.swapped !== shown();
      var other = state === "open" || (moved ? here.id === "encore-plans" : state === "quote");
      var same = !moved && (last.picked || here.querySelector("[aria-invalid=true]"));
      setTimeout(same ? stay : other ? settle : keepFocus, 0); // after htmx has given the pressed button back
      repeat(document.getElementById("encore-status"));
    }
  });

  document.addEventListener("htmx:error", function (event) {
    if (event.detail.ctx) {
      unreached(event.target);
    }
  });

  // A page that comes back from the browser's cache shows old buttons: ask how things stand, with the key it has.
  window.addEventListener("pageshow", function (event) {
    var here = card();
    var key = here && here.querySelector("input[name=key]");
    if (event.persisted && key && window.htmx) {
      var path = here.id === "encore-plans" ? "/plan_change/status" : "/upsell/status";
      window.htmx.ajax("POST", path, { source: key.form, target: "#" + here.id, swap: "outerMorph" });
    }
  });

  // The one thing we listen to: the page around us turned light or dark.
  window.addEventListener("message", function (event) {
    var said = event.data;
    if (parentOrigin && event.origin === parentOrigin && event.source === window.parent && said && said.encore === 1 && said.type === "theme") {
      if (said.theme === "light" || said.theme === "dark") {
        root.setAttribute("data-theme", said.theme);
      } else {
        root.removeAttribute("data-theme");
      }
    }
  });

  // In a sandbox without an origin no press can be proven to come from our page: what to do is said, and the way out offered.
  function leave() {
    var status = document.getElementById("encore-status");
    var link = document.createElement("a");
    var line = document.createElement("p");
    card().querySelectorAll("form, details").forEach(function (form) {
      form.remove();
    });
    status.className = "notice";
    status.textContent = main.dataset.boxed;
    link.className = "accept";
    link.href = location.href;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = main.dataset.alone;
    line.className = "choice";
    line.append(link);
    (card().querySelector(".deal") || card()).append(line);
  }

  // A sandbox without forms swallows every press without a word: where none is sent, the same is said.
  function untilSent(event) {
    var button = event.target.closest("button[type=submit]");
    var sent = false;
    if (button && button.form.matches(":valid")) {
      window.addEventListener("submit", function () { // before anybody holds it back
        sent = true;
      }, { capture: true, once: true });
      setTimeout(function () {
        if (!sent && !event.defaultPrevented && document.querySelector("[data-boxed] form")) {
          leave();
        }
      }, 0);
    }
  }

  if (main.dataset.boxed && framed) {
    document.addEventListener("click", untilSent, true);
  }

  if (window.origin === "null" && main.dataset.boxed) {
    leave();
  } else if (window.origin === "null") { // every scripted request fails in silence; a plain form at least gets an answer
    document.querySelectorAll("[hx-post]").forEach(function (form) {
      form.removeAttribute("hx-post");
      form.removeAttribute("hx-trigger");
    });
  }

  function start() {
    arm();
    tellState();
    tellSize();
    new MutationObserver(function () {
      tellState();
      tellSize();
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state", "data-step", "data-offer", "data-plan", "open"] });
    if (window.ResizeObserver) {
      new ResizeObserver(tellSize).observe(document.body);
    }
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
