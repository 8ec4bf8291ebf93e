// The frame's own few lines: tell the page around us how tall we are and what state we are in, keep the focus.
(function () {
  "use strict";
  var root = document.documentElement;
  var parentOrigin = root.getAttribute("data-parent-origin");
  var framed = window.parent !== window;
  var last = {};

  function card() {
    return document.getElementById("encore-offer");
  }

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
    var offer = here ? here.getAttribute("data-offer") : "";
    if (state === last.state && offer === last.offer) {
      return;
    }
    var first = last.state === undefined;
    last.state = state;
    last.offer = offer;
    say({ type: "state", state: state, offer: offer });
    if (!first) {
      keepFocus();
    }
  }

  // A swap may take away what had the focus; the heading of the new state takes over, so that nobody starts from the top.
  function keepFocus() {
    var title = document.getElementById("encore-title");
    if (title && (!document.activeElement || document.activeElement === document.body)) {
      title.focus({ preventScroll: true });
    }
  }

  // A page that comes back from the browser's cache shows old buttons: ask how things stand.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      window.location.reload();
    }
  });

  // In a sandbox without an origin every scripted request fails in silence; a plain form at least gets an answer.
  if (window.origin === "null") {
    document.querySelectorAll("[hx-post]").forEach(function (form) {
      form.removeAttribute("hx-post");
      form.removeAttribute("hx-trigger");
    });
  }

  function start() {
    tellState();
    tellSize();
    new MutationObserver(function () {
      tellState();
      tellSize();
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state", "data-offer", "open"] });
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
