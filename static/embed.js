/* Encore: <encore-offer ticket="…"> and <encore-plans ticket="…">. No dependency, no cookie, nothing stored. */
(function () {
  "use strict";
  var script = document.currentScript;
  var home = script ? new URL(script.src).origin : "";
  var EVENTS = {
    open: "ready", choices: "ready", empty: "empty", working: "accepted", paid: "paid", declined: "declined",
    refused: "failed", error: "failed", closed: "closed", changed: "plan-changed", scheduled: "plan-changed"
  };
  // A ticket that opens nothing answers with a page no site may frame; whatever can speak has spoken before it was loaded.
  var SILENCE_MS = 2000;
  // What a page may say about the look; read when a ticket is, judged by the server.
  var LOOK = ["preset", "accent", "accent-dark", "radius", "font", "density", "layout"];
  // What needs a little less than the room kept for it leaves it as it is: nothing below moves before somebody has pressed something.
  var SLACK_PX = 160;
  var UNPRESSED = { preparing: true, open: true, choices: true };
  var count = 0;

  function define(tag, path, subject) {
    if (!home || !window.customElements || customElements.get(tag)) {
      return;
    }
    customElements.define(tag, class extends HTMLElement {
      static get observedAttributes() {
        return ["ticket", "theme"];
      }

      connectedCallback() {
        this.listen = this.listen || this.hear.bind(this);
        window.addEventListener("message", this.listen);
        this.load();
      }

      disconnectedCallback() {
        window.removeEventListener("message", this.listen);
        this.frame = null;
        this.textContent = "";
      }

      attributeChangedCallback(name, before, after) {
        if (before === after || !this.listen || !this.isConnected) {
          return;
        }
        if (name === "ticket") {
          this.load();
        } else if (this.frame) {
          this.frame.style.colorScheme = this.theme() || "light dark";
          this.frame.contentWindow.postMessage({ encore: 1, type: "theme", theme: this.theme() }, home);
        }
      }

      // The ticket is posted into the frame: in an address it would end up in logs.
      load() {
        var ticket = this.getAttribute("ticket");
        this.textContent = "";
        this.frame = null;
        this.mark = this.state = "";
        this.shown = false;
        if (!ticket) {
          return;
        }
        this.style.display = "block";
        this.frame = this.framed();
        this.appendChild(this.frame);
        var fields = {
          ticket: ticket, origin: location.origin, page: location.href.split("#")[0],
          locale: this.getAttribute("locale") || document.documentElement.lang || "",
          theme: this.theme(), scheme: this.getAttribute("theme") || ""
        };
        LOOK.forEach(function (name) {
          fields[name.replace("-", "_")] = this.getAttribute(name) || "";
        }, this);
        this.post(fields);
      }

      framed() {
        var frame = document.createElement("iframe");
        frame.name = "encore-" + ++count;
        frame.title = this.getAttribute("title") || (subject === "plan" ? "Your plan" : "An offer for you");
        frame.style.cssText = "display:block;width:100%;border:0;background:none";
        frame.style.colorScheme = this.theme() || "light dark";
        this.room = parseInt(this.getAttribute("reserve"), 10) || this.reserved();
        frame.style.height = this.room + "px";
        frame.addEventListener("load", this.wait.bind(this, frame));
        return frame;
      }

      post(fields) {
        var form = document.createElement("form");
        form.method = "post";
        form.action = home + path;
        form.target = this.frame.name;
        form.hidden = true;
        for (var name in fields) {
          var input = document.createElement("input");
          input.type = "hidden";
          input.name = name;
          input.value = fields[name];
          form.appendChild(input);
        }
        this.appendChild(form);
        form.submit();
        form.remove();
      }

      // As the page says; else as the page looks, so that no dark card stands on a white page that knows only white.
      theme() {
        var wish = this.getAttribute("theme");
        if (wish === "light" || wish === "dark") {
          return wish;
        }
        var scheme = getComputedStyle(this).colorScheme || "";
        if (wish === "auto" || /dark/.test(scheme)) {
          return /light/.test(scheme) || wish ? "" : "dark";
        }
        for (var here = this; here; here = here.parentElement) {
          var rgb = (getComputedStyle(here).backgroundColor.match(/^rgba?\(([^)]+)\)/) || ["", ""])[1].split(/[ ,/]+/);
          if (rgb.length > 2 && (rgb.length < 4 || rgb[3] > 0.5)) {
            return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] < 110 ? "dark" : "light";
          }
        }
        return "light";
      }

      // About the height of an open card or of three plans, so that the page around it hardly moves when it comes.
      reserved() {
        var layout = this.getAttribute("layout");
        var narrow = (this.clientWidth || 400) < (subject === "plan" ? 740 : 672);
        if (subject === "plan") {
          return narrow || layout === "side" ? 1600 : 900;
        }
        return layout === "side" ? 760 : layout === "page" ? (narrow ? 800 : 580) : layout === "row" ? (narrow ? 480 : 220) : narrow ? 720 : 340;
      }

      wait(frame) {
        var self = this;
        try {
          if (frame.contentWindow.location.href === "about:blank") {
            return; // the empty frame before our document
          }
        } catch (foreign) { /* our document, or the browser's page that says it may not be framed */ }
        setTimeout(function () {
          // A document of ours whose script was kept out cannot speak either: who has pressed something in it keeps it.
          if (self.frame === frame && !self.mark && document.activeElement !== frame) {
            self.tell("empty", "");
          }
        }, SILENCE_MS);
      }

      // Only our own frame is heard, and only in these words.
      hear(event) {
        var said = event.data;
        if (event.origin !== home || !this.frame || event.source !== this.frame.contentWindow || !said || said.encore !== 1) {
          return;
        }
        if (said.type === "size" && said.height >= 0 && said.height < 10000) {
          this.frame.style.height = (this.keeps(said.height) ? this.room : said.height) + "px";
        }
        if (said.type === "top" && this.getBoundingClientRect().top < 0) {
          this.scrollIntoView({ block: "start" });
        }
        if (said.type === "state" && typeof said.state === "string") {
          if (said.scheme === "light" || said.scheme === "dark") {
            this.frame.style.colorScheme = said.scheme; // a theme has the last word; frames that differ from it get a ground
          }
          if (said.title && !this.getAttribute("title")) {
            this.frame.title = String(said.title).slice(0, 200);
          }
          this.state = said.state;
          this.room = UNPRESSED[said.state] ? this.room : 0;
          this.tell(said.state, String(said[subject] || ""));
        }
      }

      keeps(height) {
        return height <= this.room && (this.state === "preparing" || height >= this.room - SLACK_PX);
      }

      tell(state, name) {
        var event = Object.prototype.hasOwnProperty.call(EVENTS, state) ? EVENTS[state] : "";
        if (event === "ready" && subject === "plan") {
          event = this.shown ? "" : event; // back at the plans it is not there anew
          this.shown = true;
        }
        var detail = {};
        detail[subject] = name;
        var mark = (event || state) + " " + name;
        if (event && this.mark !== mark) {
          this.dispatchEvent(new CustomEvent("encore:" + event, { bubbles: true, composed: true, detail: detail }));
        }
        this.mark = mark;
        if (state === "empty") {
          this.remove();
        }
      }
    });
  }

  define("encore-offer", "/embed/offer", "offer");
  define("encore-plans", "/embed/plans", "plan");
})();
