// What a merchant does with Encore's events: a line of news, and a list of them for whoever looks.
(function () {
  "use strict";
  var news = document.getElementById("news");
  var words = { accepted: "Your extra is being added…", paid: "Your extra was added to your order.", failed: "Your extra was not added." };
  window.encoreEvents = [];
  ["ready", "empty", "accepted", "declined", "failed", "paid", "plan-changed", "closed"].forEach(function (name) {
    document.addEventListener("encore:" + name, function (event) {
      window.encoreEvents.push([name, event.detail]);
      news.textContent = words[name] || "";
    });
  });
})();
