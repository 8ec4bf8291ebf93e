// What a merchant does with Encore's events: a line of news, and the order list read again from our own server.
(function () {
  "use strict";
  var news = document.getElementById("news");
  // Our own words for the offers in our offers file; an event carries the offer's name and nothing personal.
  var added = { "workbook-with-course": "workbook", "brushes-instead": "brush set", "course-after-purchase": "course" };
  var words = {
    accepted: function (detail) { return "Your " + (added[detail.offer] || "extra") + " is being added…"; },
    paid: function () { return "Your extra was added to your order."; },
    failed: function () { return "Your extra was not added. Your order is complete without it."; },
    "plan-changed": function () { return "Your plan was changed."; }
  };
  // For whoever looks at the demo: what was heard, in order.
  window.encoreEvents = [];

  // An event is a bell: what was really bought is what our server reads at Dodo.
  function refresh() {
    fetch(location.href, { cache: "no-store" }).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, "text/html");
      document.querySelectorAll("[data-refresh]").forEach(function (old) {
        var now = fresh.getElementById(old.id);
        if (now) {
          old.replaceWith(document.adoptNode(now));
        }
      });
    }).catch(function () { /* the page as it stands is still true */ });
  }

  ["ready", "empty", "accepted", "declined", "failed", "paid", "plan-changed", "closed"].forEach(function (name) {
    document.addEventListener("encore:" + name, function (event) {
      window.encoreEvents.push([name, event.detail]);
      news.textContent = words[name] ? words[name](event.detail) : "";
      if (name === "paid" || name === "plan-changed") {
        refresh();
      }
    });
  });
})();
