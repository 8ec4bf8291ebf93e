/* Encore: <encore-offer ticket="…"> and <encore-plans ticket="…">. No dependency, no cookie, nothing stored. */
(function () {
  "use strict";
  var script = document.currentScript;
  var home = script ? new URL(script.src).origin : "";
  var EVENTS = {
    open: "ready", choices: "ready", empty: "empty", working: "accepted", paid: "paid", declined: "declined",
    refused: "failed", error: "failed", closed: "closed", changed: "plan-changed", scheduled: "plan-changed"
  };
  var count = 0;

  function define(tag, path, subject) {
    if (!home || !window.customElements || customElements.get(tag)) {
      return;
    }
    customElements.define(tag, class extends HTMLElement {
      static get observedAttributes() {
        return ["ticket"];
      }

      connectedCallback() {
        this.listen = this.listen || this.hear.bind(this);
        window.addEventListener("message", this.listen);
        this.load();
      }

      disconnectedCallback() {
        window.removeEventListener("message", this.listen);
      }

      attributeChangedCallback(name, before, after) {
        if (before !== null && before !== after && this.isConnected) {
          this.load();
        }
      }

      // The ticket is posted into the frame: in an address it would end up in logs.
      load() {
        var ticket = this.getAttribute("ticket");
        this.textContent = "";
        if (!ticket) {
          return;
        }
        var frame = document.createElement("iframe");
        frame.name = "encore-" + ++count;
        frame.title = this.getAttribute("title") || (subject === "plan" ? "Your plan" : "An offer for you");
        frame.style.cssText = "display:block;width:100%;border:0;overflow:hidden;color-scheme:normal;background:none";
        frame.style.height = (parseInt(this.getAttribute("reserve"), 10) || this.reserved()) + "px";
        this.style.display = "block";
        this.frame = frame;
        this.heard = false;
        // A ticket that opens nothing answers with a page that no site may frame, so nothing is ever heard from it.
        frame.addEventListener("load", this.wait.bind(this, frame));
        this.appendChild(frame);
        var form = document.createElement("form");
        form.method = "post";
        form.action = home + path;
        form.target = frame.name;
        form.hidden = true;
        var fields = {
          ticket: ticket, origin: location.origin, page: location.href.split("#")[0],
          locale: this.getAttribute("locale") || document.documentElement.lang || "", theme: this.getAttribute("theme") || ""
        };
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

      wait(frame) {
        var self = this;
        setTimeout(function () {
          if (self.frame === frame && !self.heard) {
            self.tell({ state: "empty" });
          }
        }, 5000);
      }

      // About the height of an open card, so that the page around it hardly moves when it comes.
      reserved() {
        return (this.clientWidth || 400) < 576 ? 560 : 330;
      }

      hear(event) {
        var said = event.data;
        if (event.origin !== home || !this.frame || event.source !== this.frame.contentWindow || !said || said.encore !== 1) {
          return;
        }
        this.heard = true;
        if (said.type === "size" && said.height >= 0 && said.height < 10000) {
          this.frame.style.height = said.height + "px";
        }
        if (said.type === "state" && typeof said.state === "string") {
          this.tell(said);
        }
      }

      tell(said) {
        var name = EVENTS[said.state];
        var detail = {};
        detail[subject] = String(said[subject] || "");
        var mark = name + " " + detail[subject];
        if (name && this.last !== mark) {
          this.last = mark;
          this.dispatchEvent(new CustomEvent("encore:" + name, { bubbles: true, composed: true, detail: detail }));
        }
        if (said.state === "empty") {
          this.remove();
        }
      }
    });
  }

  define("encore-offer", "/embed/offer", "offer");
  define("encore-plans", "/embed/plans", "plan");
})();
